import { logText, withoutTokens } from './log-text.js';

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

describe('withoutTokens', () => {
  it.each([
    ['/account/confirm-email%23token=lkm_AaIaQdwNdg-CD_1z', '/account/confirm-email%23token=[token]'],
    ['/account/confirm-email%23token%3Dlkm_AaIaQdwNdg-CD_1z', '/account/confirm-email%23token%3D[token]'],
    ['/account/confirm-email%2523token%253Dlkm%255FAaIa', '/account/confirm-email%2523token%253D[token]'],
    ['/account/disown/token-lkm_AaIa%2DQdw', '/account/disown/token-[token]'],
    ['/auth/refresh/lkr_abc/x', '/auth/refresh/[token]/x'],
    ['/devices/eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln', '/devices/[token]'],
    ['/devices/0199aa5e-7a1c-7a5c-9d43-6f1f7a3b9a10', '/devices/0199aa5e-7a1c-7a5c-9d43-6f1f7a3b9a10'],
  ])('turns %s into %s', (text, expected) => {
    expect(withoutTokens(text)).toBe(expected);
  });
});
