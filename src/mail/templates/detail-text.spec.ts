import { instantText, quoted } from './detail-text.js';

describe('quoted', () => {
  it.each([
    ['Chrome on macOS 14.5', 'Chrome on macOS 14.5'],
    ['call https://evil.example/now', 'call https evil example/now'],
    ['evil.example', 'evil example'],
    ['mail thief@evil.example', 'mail thief evil example'],
    ['a\r\nBcc: b', 'a Bcc: b'],
    ['left\u202eright\u200b', 'left right'],
    ['x'.repeat(500), 'x'.repeat(80)],
    ['<b>', '<b>'],
  ])('turns %j into %j', (said, line) => {
    expect(quoted(said)).toBe(line);
  });
});

describe('instantText', () => {
  it('does not depend on the time zone of the server', () => {
    expect(instantText(new Date('2026-11-24T10:34:56Z'))).toBe('24 November 2026, 10:34 UTC');
  });
});
