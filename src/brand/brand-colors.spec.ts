import fc from 'fast-check';
import { brandColors } from './brand-colors.js';
import { contrast, mixed } from './contrast.js';

describe('the contrast of two colours', () => {
  it.each([
    ['#000000', '#ffffff', 21],
    ['#ffffff', '#ffffff', 1],
    ['#777777', '#ffffff', 4.48],
    ['#767676', '#ffffff', 4.54],
  ])('of %s and %s is %d, in either order', (one, other, ratio) => {
    expect(contrast(one, other)).toBeCloseTo(ratio, 2);
    expect(contrast(other, one)).toBe(contrast(one, other));
  });

  it('is that of a mixture between those of its colours', () => {
    expect(mixed('#000000', '#ff8000', 0.5)).toBe('#804000');
  });
});

describe('the colours of a brand', () => {
  const anyColor = fc
    .integer({ min: 0, max: 0xffffff })
    .map((value) => `#${value.toString(16).padStart(6, '0')}`);

  it('can be read on light and dark pages, whatever the colour is (WCAG AA)', () => {
    fc.assert(
      fc.property(anyColor, (color) => {
        const { light, dark } = brandColors(color);
        const pages = [
          { ...light, backgrounds: ['#ffffff', '#f4f6f9'], text: '#16202e', aside: '#4d5a6b' },
          { ...dark, backgrounds: ['#1a212b', '#10151c'], text: '#e8edf4', aside: '#a9b5c4' },
        ];
        for (const { fill, onFill, accent, tint, backgrounds, text, aside } of pages) {
          expect(fill).toBe(color);
          expect(contrast(onFill, fill)).toBeGreaterThanOrEqual(4.5);
          for (const background of [...backgrounds, tint])
            expect(contrast(accent, background)).toBeGreaterThanOrEqual(4.5);
          expect(contrast(text, tint)).toBeGreaterThanOrEqual(4.5);
          expect(contrast(aside, tint)).toBeGreaterThanOrEqual(4.5);
        }
      }),
      { numRuns: 300, examples: [['#ffffff'], ['#000000'], ['#ffd500'], ['#808080'], ['#7a7a7a']] },
    );
  });

  it('are the colour itself where it can be read', () => {
    expect(brandColors('#7a1fa2').light).toMatchObject({ accent: '#7a1fa2', onFill: '#ffffff' });
  });
});
