import { acrOf, readClaims, requireUnexpired } from './claims.js';
import { InvalidToken } from './errors.js';

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
/** The claims that tokens of older releases lack. */
const recent = {
  generation: 41,
  session_epoch: 7,
  device_id: '019b0000-0000-7000-8000-000000000003',
  client_id: 'latchkey',
  acr: 'aal1',
};

const codeOf = (act: () => unknown) => {
  try {
    act();
  } catch (error) {
    return error instanceof InvalidToken ? error.code : error;
  }
  return 'none';
};

describe('readClaims', () => {
  it('returns the subject and the expiry of the token', () => {
    expect(readClaims({ ...payload, ...recent }, 900)).toEqual({
      subject: {
        userId: payload.sub,
        sessionId: payload.sid,
        roles: ['user', 'admin'],
        rolesVersion: 3,
        authenticatedAt: NOW - 60_000,
        generation: 41,
        sessionEpoch: 7,
        deviceId: recent.device_id,
        clientId: 'latchkey',
        amr: ['pwd'],
        acr: 'aal1',
      },
      expiresAt: NOW + 900_000,
    });
  });

  it('accepts tokens of older releases, which lack some claims', () => {
    expect(readClaims(payload, 900).subject).toMatchObject({
      generation: 0,
      sessionEpoch: 0,
      deviceId: null,
      clientId: null,
      acr: null,
    });
  });

  it.each([
    ['generation', [null, '41', -1, 1.5, {}]],
    ['session_epoch', [null, '7', -1, 1.5, {}]],
    ['device_id', [null, '', 'phone', recent.device_id.toUpperCase(), 1, {}]],
    ['client_id', [null, '', 1, ['latchkey'], {}]],
    ['acr', [null, '', 1, ['aal1'], {}]],
  ])('refuses a token with a malformed %s', (claim, values) => {
    for (const value of values) {
      expect(codeOf(() => readClaims({ ...payload, ...recent, [claim]: value }, 900))).toBe(
        'malformed_claim',
      );
    }
  });

  it('shares equal roles and methods between tokens', () => {
    const parsed = () => JSON.parse(JSON.stringify({ ...payload, ...recent })) as object;
    const [one, other] = [readClaims(parsed(), 900).subject, readClaims(parsed(), 900).subject];
    expect(other.roles).toBe(one.roles);
    expect(other.amr).toBe(one.amr);
    expect(readClaims({ ...parsed(), roles: [] }, 900).subject.roles).toBe(
      readClaims({ ...parsed(), roles: [] }, 900).subject.roles,
    );
  });

  it('does not share lists that only look equal when joined', () => {
    const rolesOf = (roles: string[]) => readClaims({ ...payload, roles }, 900).subject.roles;
    expect([rolesOf(['a,b']), rolesOf(['a', 'b'])]).toEqual([['a,b'], ['a', 'b']]);
  });

  it('limits the lifetime of a token to the configured one', () => {
    expect(readClaims({ ...payload, exp: iat + 86_400 }, 900).expiresAt).toBe(NOW + 900_000);
    expect(readClaims({ ...payload, exp: iat + 60 }, 900).expiresAt).toBe(NOW + 60_000);
  });

  it('ignores unknown claims', () => {
    expect(readClaims({ ...payload, unknown: { nested: 'claim' } }, 900)).toEqual(readClaims(payload, 900));
  });

  it.each(Object.keys(payload))('refuses a token without %s', (claim) => {
    expect(codeOf(() => readClaims({ ...payload, [claim]: undefined }, 900))).toBe('malformed_claim');
    expect(codeOf(() => readClaims({ ...payload, [claim]: null }, 900))).toBe('malformed_claim');
    expect(codeOf(() => readClaims({ ...payload, [claim]: {} }, 900))).toBe('malformed_claim');
  });

  it.each(['iat', 'exp', 'auth_time'])(
    'accepts %s only if it is a time that a Date can represent',
    (claim) => {
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
        expect(codeOf(() => readClaims({ ...payload, [claim]: value }, 900))).toBe('malformed_claim');
      }
    },
  );

  it.each(['sub', 'sid'])('accepts %s only if it is a UUID in canonical lower case', (claim) => {
    for (const value of [
      payload.sub.toUpperCase(),
      ` ${payload.sub}`,
      `${payload.sub}\n`,
      payload.sub.slice(1),
      '',
    ]) {
      expect(codeOf(() => readClaims({ ...payload, [claim]: value }, 900))).toBe('malformed_claim');
    }
  });

  it.each([null, undefined, 'text', 1, true, []])('refuses the payload %p', (value) => {
    expect(codeOf(() => readClaims(value, 900))).toMatch(/^malformed_(token|claim)$/);
  });
});

describe('requireUnexpired', () => {
  const claims = readClaims(payload, 900);

  it('accepts a token until the instant at which it expires', () => {
    expect(codeOf(() => requireUnexpired(claims, claims.expiresAt - 1))).toBe('none');
    expect(codeOf(() => requireUnexpired(claims, claims.expiresAt))).toBe('expired');
  });
});

describe('acrOf', () => {
  it.each([
    [['pwd'], 'aal1'],
    [[], 'aal1'],
    [['pwd', 'otp', 'mfa'], 'aal2'],
  ])('is for %j the class %s', (amr, acr) => {
    expect(acrOf(amr)).toBe(acr);
  });
});
