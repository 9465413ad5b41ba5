/** In a constant, because the page is a separate program that this project's compiler must not follow into. */
const FLAGS = '../../web/src/ui/country-flags.ts';

describe('the flag of a country', () => {
  it.each([
    ['DE', '🇩🇪'],
    ['US', '🇺🇸'],
    ['de', null],
    ['', null],
    ['DEU', null],
    ['D1', null],
  ])('of %j is %j', async (code, flag) => {
    const { flagOf } = (await import(FLAGS)) as { flagOf(code: string): string | null };
    expect(flagOf(code)).toBe(flag);
  });
});
