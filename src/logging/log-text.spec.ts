import { logText } from './log-text.js';

describe('logText', () => {
  it('escapes characters that start escape codes, break lines or change the text direction', () => {
    expect(logText('a\u009b31m\u007f\u2028\u202eb\u200b', 100)).toBe(
      'a\\u{9b}31m\\u{7f}\\u{2028}\\u{202e}b\\u{200b}',
    );
  });

  it('truncates long text', () => {
    expect(logText('x'.repeat(1_000), 10)).toBe('x'.repeat(10));
  });
});
