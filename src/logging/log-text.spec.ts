import { logText } from './log-text.js';

describe('text in the log', () => {
  it('cannot start an escape code, break the line or turn its direction', () => {
    expect(logText('a\u009b31m\u007f\u2028\u202eb\u200b', 100)).toBe(
      'a\\u{9b}31m\\u{7f}\\u{2028}\\u{202e}b\\u{200b}',
    );
  });

  it('is cut', () => {
    expect(logText('x'.repeat(1_000), 10)).toBe('x'.repeat(10));
  });
});
