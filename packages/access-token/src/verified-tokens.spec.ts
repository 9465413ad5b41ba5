import { setFlagsFromString } from 'node:v8';
import { readClaims } from './claims.js';
import { InvalidToken } from './errors.js';
import { type VerifiedToken, VerifiedTokens } from './verified-tokens.js';

const NOW = Date.UTC(2026, 0, 1);
const EXPIRES_AT = NOW + 900_000;

const verified = (token: string): VerifiedToken => ({
  token,
  kid: 'a',
  audience: ['https://api.example.com'],
  subject: {
    userId: 'u',
    sessionId: 's',
    roles: [],
    rolesVersion: 0,
    authenticatedAt: NOW,
    generation: 0,
    sessionEpoch: 0,
    deviceId: null,
    clientId: null,
    amr: [],
    acr: null,
  },
  expiresAt: EXPIRES_AT,
  memo: undefined,
});

function tokens(maxTokens: number, published = new Set(['a'])) {
  return new VerifiedTokens({ publicKey: (kid) => (published.has(kid) ? {} : undefined) }, maxTokens);
}

const uuid = (n: number) => `019b0000-0000-7000-8000-00000000000${n}`;

setFlagsFromString('--allow-natives-syntax');
const haveSameMap = new Function('one', 'other', 'return %HaveSameMap(one, other)') as (
  one: unknown,
  other: unknown,
) => boolean;

describe('VerifiedTokens', () => {
  it('finds a token that was remembered, and no other', () => {
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
    expect(() => sut.find('t', EXPIRES_AT)).toThrow(InvalidToken);
  });

  it('forgets a token whose key was removed, even if the key is added again', () => {
    const published = new Set(['a']);
    const sut = tokens(10, published);
    sut.remember('t', 'a', verified('t'));
    published.delete('a');
    expect(sut.find('t', NOW)).toBeUndefined();
    published.add('a');
    expect(sut.find('t', NOW)).toBeUndefined();
  });

  it('gives all entries the same hidden class', () => {
    const sut = tokens(100);
    // V8 may transition to a different class after some objects.
    const found = Array.from({ length: 100 }, (_, which) => {
      const token = `token ${which}`;
      sut.remember(token, 'a', verified(token));
      return sut.find(token, NOW);
    });
    expect(found.every((it) => haveSameMap(it, found[0]))).toBe(true);
  });

  it('gives all subjects the same hidden class, also those of older tokens', () => {
    const claims = { iss: 'i', aud: 'a', sub: uuid(1), sid: uuid(2), jti: 'j', iat: 0, exp: 1, auth_time: 0 };
    const old = { ...claims, amr: ['pwd'], roles: [], roles_version: 0 };
    const recent = { generation: 1, session_epoch: 2, device_id: uuid(3), client_id: 'c', acr: 'aal1' };
    const [one, other] = [{ ...old, ...recent }, old].map((payload) => readClaims(payload, 900).subject);
    expect(haveSameMap(one, other)).toBe(true);
  });

  it('keeps at most the given number of tokens and forgets the least recently used one', () => {
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
