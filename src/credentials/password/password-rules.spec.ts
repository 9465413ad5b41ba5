import fc from 'fast-check';
import { AppError } from '../../errors/app-error.js';
import { requireAcceptablePassword } from './password-rules.js';

const EMAIL = 'ada.lovelace@example.org';

function rejectionOf(password: string, email = EMAIL): AppError | null {
  try {
    requireAcceptablePassword(password, email);
    return null;
  } catch (error) {
    if (error instanceof AppError && error.code === 'password_rejected') return error;
    throw error;
  }
}

const reasonFor = (password: string, email = EMAIL) =>
  rejectionOf(password, email)?.members.reason ?? 'accepted';

describe('requireAcceptablePassword', () => {
  it.each([
    'correct horse battery',
    'correct horse battery staple',
    'correcthorsebatterystaple',
    'Sup3rSecret!pw',
    'tr0ub4dor&3x',
    'a-long-enough-phrase',
    'test-password-1',
    'new-password-123',
    'S3cure-pass',
    'pässwörter-häufig',
    'kX9$mQ2!',
    '73920184',
    '🦊🐻🐼🐨🐯🦁🐮🐷',
    '密码安全测试长度足够',
    '   spaces around   ',
    'nul\0in the middle',
    'constructor-of-cars',
    '__proto__.toString',
  ])('accepts %j', (password) => {
    expect(reasonFor(password)).toBe('accepted');
  });

  it.each([
    'password',
    'PassWord',
    'PASSWORD1',
    'p4ssw0rd',
    'P@ssw0rd!',
    'Password1!',
    'drowssap',
    'passwordpassword',
    'iloveyou',
    'letmein1',
    'trustno1',
    'football1',
    'administrator',
    'aaaaaaaa',
    '        ',
    'aaaaaaab',
    'aaaabbbb',
    'abababab',
    '12345678',
    '87654321',
    '12341234',
    '19901990',
    'abcdefgh',
    'abcdefghijklmnopqrstuvwxyz',
    'qwertyuiop',
    'zxcvbnm,',
    '1qaz2wsx',
    'ｐａｓｓｗｏｒｄ',
    '🦊'.repeat(8),
    'a'.repeat(256),
    'password'.repeat(32),
  ])('refuses %j as common', (password) => {
    expect(reasonFor(password)).toBe('common');
  });

  it.each([
    EMAIL,
    'ADA.Lovelace@Example.org',
    'ada.lovelace',
    'ecalevol.ada',
    'Ada.Lovelace1',
    'latchkey',
    'L4tchk3y',
  ])('refuses %j, which is based on its context', (password) => {
    expect(reasonFor(password)).toBe('context');
  });

  it('refuses an address of the maximum length as its own password', () => {
    const email = `${'long.name'.repeat(7)}@${'sub.'.repeat(40)}example.org`;
    expect(reasonFor(email, email)).toBe('context');
  });

  it('ignores a local part of one letter', () => {
    expect(reasonFor('correct horse battery', 'a@example.org')).toBe('accepted');
  });

  it.each([
    [7, 'too_short', 'kX9$mQ2'],
    [8, 'accepted', 'kX9$mQ2!'],
    [7, 'too_short', '🦊🐻🐼🐨🐯🦁🐮'],
    [7, 'too_short', 'kX9$mQa\u0308'],
    [1, 'too_short', '\ufdfa'],
    [0, 'too_short', ''],
    [64, 'accepted', 'Mixed text, 16! '.repeat(4)],
    [256, 'accepted', 'Mixed text, 16! '.repeat(16)],
    [257, 'too_long', `${'Mixed text, 16! '.repeat(16)}x`],
    [256, 'accepted', '🦊🐻🐼🐨🐯🦁🐮🐷'.repeat(32)],
  ])('counts %i code points: %s', (_, verdict, password) => {
    expect(reasonFor(password)).toBe(verdict);
  });

  it('refuses a lone surrogate, which would hash like any other', () => {
    expect(reasonFor('kX9$mQ2!\ud800')).toBe('malformed');
  });

  it('rates a long password by its stronger end', () => {
    expect(reasonFor(`${'a'.repeat(60)}correct horse battery`)).toBe('accepted');
    expect(reasonFor(`correct horse battery${'a'.repeat(60)}`)).toBe('accepted');
  });

  it.each(['letmein1', EMAIL, 'kX9$mQ2'])('explains the refusal without repeating %j', (password) => {
    expect(rejectionOf(password)?.detail).toMatch(/\.$/);
    expect(JSON.stringify(rejectionOf(password))).not.toContain(password);
  });

  it('never throws an unexpected error', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (password) => {
        rejectionOf(password);
      }),
    );
    fc.assert(
      fc.property(fc.stringMatching(/^(constructor|__proto__|[a4@$s5|!1]){1,40}$/), (password) => {
        rejectionOf(password);
      }),
    );
  });

  it.each([
    ['l33t', '4@8({<369!1|0$5+72%'],
    ['digits', '0123456789'],
    ['dates', '0123456789/-. '],
    ['repeats', 'a1'],
    ['slashes', 'vV/\\|'],
  ])('stays fast for 256 hostile characters: %s', (_, alphabet) => {
    const times = Array.from({ length: 20 }, (_, seed) => {
      // A small linear congruential generator, so that every run uses the same texts.
      let state = seed + 1;
      const next = () => {
        state = (state * 48_271) % 2_147_483_647;
        return alphabet[state % alphabet.length];
      };
      const password = Array.from({ length: 256 }, next).join('');
      const start = performance.now();
      rejectionOf(password);
      return performance.now() - start;
    });
    // The median, because another process may occupy the core for a while.
    expect(times.sort((a, b) => a - b)[10]).toBeLessThan(200);
  });
});
