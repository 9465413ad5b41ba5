import type { KeySet } from '../../../src/auth/keys/key-set.js';
import { AppError } from '../../../src/errors/app-error.js';
import { haveOneHiddenClass } from '../../../test/support/hidden-class.js';
import { type VerifiedToken, VerifiedTokens } from './verified-tokens.js';

const NOW = Date.UTC(2026, 0, 1);
const EXPIRES_AT = NOW + 900_000;

const verified = (token: string): VerifiedToken => ({
  token,
  kid: 'a',
  subject: { userId: 'u', sessionId: 's', roles: [], rolesVersion: 0, authenticatedAt: NOW },
  expiresAt: EXPIRES_AT,
});

function tokens(cacheSize: number, published = new Set(['a'])) {
  const keys = {
    publicKey: (kid: string) => (published.has(kid) ? ({} as ReturnType<KeySet['publicKey']>) : undefined),
  };
  const accessToken = { issuer: 'i', audience: 'a', ttlSeconds: 900, keyRotationMs: 1, cacheSize };
  return new VerifiedTokens({ accessToken }, keys);
}

describe('VerifiedTokens', () => {
  it('knows a token that was verified, and no other', () => {
    const sut = tokens(10);
    sut.remember('head.payload.signature', 'a', verified('head.payload.signature'));
    expect(sut.find('head.payload.signature', NOW)).toEqual(verified('head.payload.signature'));
    for (const other of [
      'head.payload.signaturE',
      'head.other.signature',
      'other.payload.signature',
      'signature',
      '.signature',
      'head.payload.signature=',
      'head.payload',
      '',
    ]) {
      expect(sut.find(other, NOW)).toBeUndefined();
    }
  });

  it('refuses a token that has expired since it was remembered', () => {
    const sut = tokens(10);
    sut.remember('t', 'a', verified('t'));
    expect(sut.find('t', EXPIRES_AT - 1)).toEqual(verified('t'));
    expect(() => sut.find('t', EXPIRES_AT)).toThrow(AppError);
  });

  it('forgets a token whose key was taken out of use, even should the key come back', () => {
    const published = new Set(['a']);
    const sut = tokens(10, published);
    sut.remember('t', 'a', verified('t'));
    published.delete('a');
    expect(sut.find('t', NOW)).toBeUndefined();
    published.add('a');
    expect(sut.find('t', NOW)).toBeUndefined();
  });

  it('gives all that it holds one hidden class', () => {
    const sut = tokens(100);
    // V8 begins to tell them apart after some.
    const found = Array.from({ length: 100 }, (_, which) => {
      const token = `token ${which}`;
      sut.remember(token, 'a', verified(token));
      return sut.find(token, NOW);
    });
    expect(haveOneHiddenClass(found)).toBe(true);
  });

  it('holds as many as it may and drops the one longest unused', () => {
    const sut = tokens(2);
    sut.remember('one', 'a', verified('one'));
    sut.remember('two', 'a', verified('two'));
    sut.find('one', NOW);
    sut.remember('three', 'a', verified('three'));
    expect([sut.find('one', NOW), sut.find('two', NOW), sut.find('three', NOW)]).toEqual([
      verified('one'),
      undefined,
      verified('three'),
    ]);
  });
});
