import { AppError } from '../../../src/errors/app-error.js';
import { readClaims, requireUnexpired } from './claims.js';

const NOW = Date.UTC(2026, 0, 1);
const iat = NOW / 1000;
const payload = {
  iss: 'https://id.example.com',
  aud: 'https://api.example.com',
  sub: '019b0000-0000-7000-8000-000000000001',
  sid: '019b0000-0000-7000-8000-000000000002',
  jti: 'b0a1',
  iat,
  exp: iat + 900,
  auth_time: iat - 60,
  amr: ['pwd'],
  roles: ['user', 'admin'],
  roles_version: 3,
};

const codeOf = (act: () => unknown) => {
  try {
    act();
  } catch (error) {
    return error instanceof AppError ? error.code : error;
  }
  return 'none';
};

describe('readClaims', () => {
  it('tells whose token it is and when it ends', () => {
    expect(readClaims(payload, 900)).toEqual({
      subject: {
        userId: payload.sub,
        sessionId: payload.sid,
        roles: ['user', 'admin'],
        rolesVersion: 3,
        authenticatedAt: NOW - 60_000,
      },
      expiresAt: NOW + 900_000,
    });
  });

  it('holds a token to the lifetime of today, however long it was issued for', () => {
    expect(readClaims({ ...payload, exp: iat + 86_400 }, 900).expiresAt).toBe(NOW + 900_000);
    expect(readClaims({ ...payload, exp: iat + 60 }, 900).expiresAt).toBe(NOW + 60_000);
  });

  it('ignores claims that it does not know', () => {
    expect(readClaims({ ...payload, more: { of: 'this' } }, 900)).toEqual(readClaims(payload, 900));
  });

  it.each(Object.keys(payload))('refuses a token without %s', (claim) => {
    expect(codeOf(() => readClaims({ ...payload, [claim]: undefined }, 900))).toBe('invalid_token');
    expect(codeOf(() => readClaims({ ...payload, [claim]: null }, 900))).toBe('invalid_token');
    expect(codeOf(() => readClaims({ ...payload, [claim]: {} }, 900))).toBe('invalid_token');
  });

  it.each(['iat', 'exp', 'auth_time'])('takes %s for a time only when a calendar has it', (claim) => {
    for (const value of [
      -1,
      0.5,
      8.64e12 + 1,
      2 ** 53,
      1e308,
      Number.POSITIVE_INFINITY,
      Number.NaN,
      `${iat}`,
      true,
    ]) {
      expect(codeOf(() => readClaims({ ...payload, [claim]: value }, 900))).toBe('invalid_token');
    }
  });

  it.each(['sub', 'sid'])('takes %s for an id only in the one spelling that the database uses', (claim) => {
    for (const value of [
      payload.sub.toUpperCase(),
      ` ${payload.sub}`,
      `${payload.sub}\n`,
      payload.sub.slice(1),
      '',
    ]) {
      expect(codeOf(() => readClaims({ ...payload, [claim]: value }, 900))).toBe('invalid_token');
    }
  });

  it.each([null, undefined, 'text', 1, true, []])('refuses the payload %p', (value) => {
    expect(codeOf(() => readClaims(value, 900))).toBe('invalid_token');
  });
});

describe('requireUnexpired', () => {
  const claims = readClaims(payload, 900);

  it('lets a token pass up to the instant before it expires', () => {
    expect(codeOf(() => requireUnexpired(claims, claims.expiresAt - 1))).toBe('none');
    expect(codeOf(() => requireUnexpired(claims, claims.expiresAt))).toBe('invalid_token');
  });
});
