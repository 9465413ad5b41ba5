import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { AccessTokenIssuer } from '../../../src/auth/access-tokens/access-token.issuer.js';
import { KeySet } from '../../../src/auth/keys/key-set.js';
import type { Config } from '../../../src/config/config.js';
import { AppError } from '../../../src/errors/app-error.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import {
  base64url,
  constant,
  es256,
  es256Der,
  forgeToken,
  hs256,
  unrelatedKey,
} from '../../support/forge-token.js';
import { testConfig } from '../../support/test-config.js';
import { startTokenApp, type TokenApp } from '../../support/token-app.js';

const ISSUER = 'https://id.example.com';
const AUDIENCE = 'https://api.example.com';
const userId = '019b0000-0000-7000-8000-000000000001';
const sessionId = '019b0000-0000-7000-8000-000000000002';
const deviceId = '019b0000-0000-7000-8000-000000000003';

let database: TestDatabase;
let config: Config;
let service: TokenApp;
let keys: KeySet;
/** The server that forged headers point to. The service must never contact it. */
let lure: Server;
let lureUrl: string;
let lured = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  config = testConfig(database.url, {
    LATCHKEY_ISSUER: ISSUER,
    LATCHKEY_AUDIENCE: AUDIENCE,
    LATCHKEY_POLICY: 'bank',
    ACCESS_TOKEN_TTL: '15m',
  });
  service = await startTokenApp(config);
  keys = service.app.get(KeySet);
  lure = createServer((_, response) => {
    lured++;
    response.end(JSON.stringify(keys.jwks()));
  });
  await once(lure.listen(0, '127.0.0.1'), 'listening');
  lureUrl = `http://127.0.0.1:${(lure.address() as AddressInfo).port}/jwks.json`;
});

afterAll(async () => {
  await service?.app.close();
  lure?.close();
  await database?.drop();
});

beforeEach(() => {
  service.sessions.answer = (principal) => principal;
  service.sessions.asked.length = 0;
});

const seconds = () => Math.floor(Date.now() / 1000);
const ownKey = () => keys.current().privateKey;
const ownPublicKey = () => keys.publicKey(keys.current().kid)!;

const header = (changes: object = {}) => ({
  alg: 'ES256',
  typ: 'at+jwt',
  kid: keys.current().kid,
  ...changes,
});
const claims = (changes: object = {}) => ({
  iss: ISSUER,
  aud: AUDIENCE,
  sub: userId,
  sid: sessionId,
  jti: randomUUID(),
  iat: seconds(),
  exp: seconds() + 900,
  auth_time: seconds(),
  amr: ['pwd'],
  roles: ['user'],
  roles_version: 3,
  generation: 1,
  session_epoch: 4,
  device_id: deviceId,
  client_id: 'latchkey',
  acr: 'aal1',
  ...changes,
});

const genuine = async (changes: Partial<Parameters<AccessTokenIssuer['issue']>[0]> = {}) => {
  const issued = await service.app.get(AccessTokenIssuer).issue({
    userId,
    sessionId,
    roles: ['user'],
    rolesVersion: 3,
    generation: 0,
    sessionEpoch: 4,
    deviceId,
    createdAt: new Date(),
    authenticatedAt: new Date(),
    amr: ['pwd'],
    now: new Date(),
    ...changes,
  });
  return issued.token;
};

async function get(path: string, authorization?: string) {
  const response = await fetch(`${service.url}${path}`, { headers: authorization ? { authorization } : {} });
  return { status: response.status, body: await response.text(), type: response.headers.get('content-type') };
}

const REFUSAL = {
  status: 401,
  body: JSON.stringify({ code: 'invalid_token', message: 'The access token is missing or invalid' }),
  type: 'application/json; charset=utf-8',
};

/** Expects a refusal with cold caches, and again right after a genuine token was accepted. */
async function expectRefused(token: string) {
  expect(await get('/closed', `Bearer ${token}`)).toEqual(REFUSAL);
  expect((await get('/closed', `Bearer ${await genuine()}`)).status).toBe(200);
  expect(await get('/closed', `Bearer ${token}`)).toEqual(REFUSAL);
  expect(lured).toBe(0);
}

const parts = (token: string) => token.split('.') as [string, string, string];
const signature = (token: string) => Buffer.from(parts(token)[2], 'base64url');
const withSignature = (token: string, bytes: Buffer) =>
  [...parts(token).slice(0, 2), base64url(bytes)].join('.');
const own = (head: unknown, payload: unknown) => forgeToken(head, payload, es256(ownKey()));
/** Produces JSON that `JSON.stringify` cannot write. */
const rawJson = (value: object, from: string, to: string) => JSON.stringify(value).replace(from, to);

describe('a genuine access token', () => {
  it('is accepted on first use and from the signature cache, with a session check each time', async () => {
    const token = await genuine();
    const [first, second] = [
      await get('/closed', `Bearer ${token}`),
      await get('/closed', `Bearer ${token}`),
    ];
    expect(first.status).toBe(200);
    expect(JSON.parse(first.body)).toMatchObject({ userId, sessionId, roles: ['user'] });
    expect(second).toEqual(first);
    const subject = { userId, sessionId, roles: ['user'], rolesVersion: 3 };
    expect(service.sessions.asked).toMatchObject([
      { subject, address: '127.0.0.1' },
      { subject, address: '127.0.0.1' },
    ]);
  });

  it('is accepted when forged unchanged with the service key, so the refusals below are due to their changes', async () => {
    expect((await get('/closed', `Bearer ${own(header(), claims())}`)).status).toBe(200);
  });

  it.each(['at+jwt', 'AT+JWT', 'application/at+jwt', 'Application/AT+JWT'])(
    'may have the typ %s',
    async (typ) => {
      expect((await get('/closed', `Bearer ${own(header({ typ }), claims())}`)).status).toBe(200);
    },
  );

  it('has exactly the header and claims that RFC 9068 requires', async () => {
    const [head, payload] = parts(await genuine()).map((part) => Buffer.from(part, 'base64url').toString());
    expect(JSON.parse(head ?? '')).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: keys.current().kid });
    const said = JSON.parse(payload ?? '');
    expect(Object.keys(said).sort()).toEqual(Object.keys(claims()).sort());
    // The idle lifetime of the policy is shorter than that of an access token.
    expect(said.exp - said.iat).toBe(300);
    expect(said).toMatchObject({
      client_id: 'latchkey',
      acr: 'aal1',
      amr: ['pwd'],
      session_epoch: 4,
      device_id: deviceId,
    });
  });

  it('has the class aal2 if the user completed several factors', async () => {
    const [, payload = ''] = parts(await genuine({ amr: ['pwd', 'otp', 'mfa'] }));
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString()).acr).toBe('aal2');
  });

  it('is accepted without the claims that older releases did not issue', async () => {
    const old = { generation: undefined, session_epoch: undefined, device_id: undefined };
    const token = own(header(), claims({ ...old, client_id: undefined, acr: undefined }));
    expect((await get('/closed', `Bearer ${token}`)).status).toBe(200);
  });

  it('can be verified with the published key set alone', async () => {
    const response = await fetch(`${service.url}/.well-known/jwks.json`);
    expect(response.headers.get('cache-control')).toBe('public, max-age=300');
    const { keys: published } = (await response.json()) as { keys: object[] };
    expect(published).toEqual([
      {
        kty: 'EC',
        crv: 'P-256',
        alg: 'ES256',
        use: 'sig',
        kid: keys.current().kid,
        x: expect.any(String),
        y: expect.any(String),
      },
    ]);
  });

  it('is refused with the error of the session check', async () => {
    const token = await genuine();
    for (const code of [
      'session_revoked',
      'session_expired',
      'token_stale',
      'service_unavailable',
    ] as const) {
      service.sessions.answer = () => Promise.reject(new AppError(code));
      expect(JSON.parse((await get('/closed', `Bearer ${token}`)).body).code).toBe(code);
      service.sessions.answer = () => {
        throw new AppError(code);
      };
      expect(JSON.parse((await get('/closed', `Bearer ${token}`)).body).code).toBe(code);
      expect(JSON.parse((await get('/closed', `Bearer ${await genuine()}`)).body).code).toBe(code);
    }
  });

  it('waits for an asynchronous session check', async () => {
    service.sessions.answer = async (principal) => ({ ...principal, deviceId: 'asked' });
    const token = await genuine();
    for (const _ of ['first use', 'cached']) {
      expect(JSON.parse((await get('/closed', `Bearer ${token}`)).body).deviceId).toBe('asked');
    }
  });

  it('expires while its signature is cached', async () => {
    const token = own(header(), claims({ exp: seconds() + 2 }));
    expect((await get('/closed', `Bearer ${token}`)).status).toBe(200);
    await sleep(2_100);
    expect(await get('/closed', `Bearer ${token}`)).toEqual(REFUSAL);
  });

  it('is never issued larger than the service accepts', async () => {
    await expect(genuine({ roles: ['x'.repeat(4096)] })).rejects.toThrow('do not fit');
  });
});

describe('an unsigned or wrongly signed token', () => {
  it.each([
    'none',
    'None',
    'NONE',
    'nOnE',
    ' none',
    'none ',
    'none\u0000',
    '',
    null,
    undefined,
    0,
    [],
    ['ES256'],
    {},
  ])('is refused with alg %p, with or without a signature', async (alg) => {
    const unsigned = forgeToken(header({ alg }), claims(), constant(Buffer.alloc(0)));
    await expectRefused(unsigned);
    await expectRefused(unsigned.slice(0, -1));
    await expectRefused(own(header({ alg }), claims()));
  });

  it.each([
    ['PEM', () => ownPublicKey().export({ format: 'pem', type: 'spki' })],
    [
      'PEM without its trailing newline',
      () => String(ownPublicKey().export({ format: 'pem', type: 'spki' })).trim(),
    ],
    ['DER', () => ownPublicKey().export({ format: 'der', type: 'spki' })],
    ['JWK', () => JSON.stringify(ownPublicKey().export({ format: 'jwk' }))],
    ['JWK as published', () => JSON.stringify(keys.jwks().keys[0])],
    ['key set as published', () => JSON.stringify(keys.jwks())],
    ['kid', () => keys.current().kid],
    ['an empty string', () => ''],
  ])('is refused when signed by HMAC with the public key as secret: %s', async (_, secret) => {
    for (const alg of ['HS256', 'HS384', 'HS512', 'ES256']) {
      await expectRefused(forgeToken(header({ alg }), claims(), hs256(secret())));
    }
  });

  it.each([
    'ES384',
    'ES512',
    'ES256K',
    'RS256',
    'PS256',
    'EdDSA',
    'HS256',
    'es256',
    'ES256 ',
    'ECDH-ES',
    'dir',
  ])('is refused when signed with the service key but labelled %s', async (alg) => {
    await expectRefused(own(header({ alg }), claims()));
  });

  it('is refused when signed with the service key over another digest', async () => {
    await expectRefused(forgeToken(header(), claims(), es256(ownKey(), 'sha512')));
  });

  it.each([0, 1, 32, 63, 64, 65, 128, 1000])(
    'is refused when its signature is %d zero bytes',
    async (length) => {
      await expectRefused(forgeToken(header(), claims(), constant(Buffer.alloc(length))));
    },
  );

  it('is refused when its signature is DER-encoded', async () => {
    await expectRefused(forgeToken(header(), claims(), es256Der(ownKey())));
  });

  it('is refused when its signature is truncated, extended, doubled or has a flipped bit', async () => {
    const token = await genuine();
    const bytes = signature(token);
    const flipped = Buffer.from(bytes);
    flipped[17] = (flipped[17] ?? 0) ^ 4;
    for (const altered of [
      bytes.subarray(0, -1),
      bytes.subarray(1),
      bytes.subarray(0, 32),
      Buffer.concat([bytes, Buffer.of(0)]),
      Buffer.concat([Buffer.of(0), bytes]),
      Buffer.concat([bytes, bytes]),
      flipped,
    ]) {
      await expectRefused(withSignature(token, altered));
    }
  });

  it('is refused in every other encoding of the same signature', async () => {
    const token = await genuine();
    const alphabet = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'];
    for (const last of alphabet.filter((character) => character !== token.at(-1))) {
      expect(await get('/closed', `Bearer ${token.slice(0, -1)}${last}`)).toEqual(REFUSAL);
    }
    expect((await get('/closed', `Bearer ${token}`)).status).toBe(200);
  });

  it('is refused when any single character is changed', async () => {
    const token = await genuine();
    await get('/closed', `Bearer ${token}`);
    const positions = [...Array(20).keys()].map((step) => Math.floor((step * token.length) / 20));
    for (const at of positions) {
      for (const other of 'Ab9_') {
        if (token[at] === other) continue;
        const altered = token.slice(0, at) + other + token.slice(at + 1);
        expect(await get('/closed', `Bearer ${altered}`)).toEqual(REFUSAL);
      }
    }
  });

  it('is refused when signed by an unknown key, even with the service’s kid or with the key embedded', async () => {
    const stranger = unrelatedKey();
    await expectRefused(forgeToken(header(), claims(), es256(stranger)));
    await expectRefused(
      forgeToken(header({ jwk: stranger.export({ format: 'jwk' }) }), claims(), es256(stranger)),
    );
  });

  it('is refused when the payload is replaced under a valid signature', async () => {
    const [head, , sig] = parts(await genuine());
    const admin = base64url(JSON.stringify(claims({ roles: ['admin'] })));
    await expectRefused([head, admin, sig].join('.'));
    const other = parts(await genuine({ userId: sessionId }));
    await expectRefused([head, other[1], sig].join('.'));
  });

  it.each([
    '',
    '.',
    '..',
    '...',
    'a',
    'a.b',
    'a.b.c',
    'a.b.c.d',
    'e30.e30.',
    'e30.e30.e30',
    `${base64url('null')}.e30.AA`,
    `${base64url('"x"')}.e30.AA`,
    `${base64url('[]')}.e30.AA`,
    `${base64url('{"alg":"ES256"')}.e30.AA`,
    `${base64url(Buffer.of(0xff, 0xfe, 0xfd))}.e30.AA`,
    `${base64url('{"__proto__":{"alg":"ES256"},"kid":"x","typ":"at+jwt"}')}.e30.AA`,
  ])('is refused when it is just %p', async (token) => {
    await expectRefused(token);
  });

  it('is refused with four or five parts, like JWE, and in JSON serialization', async () => {
    const token = await genuine();
    await expectRefused(`${token}.e30`);
    await expectRefused(`${token}.e30.e30`);
    const [head, payload, sig] = parts(token);
    await expectRefused(base64url(JSON.stringify({ protected: head, payload, signature: sig })));
  });
});

describe('a token whose header points elsewhere', () => {
  it.each([
    ['unknown', 'kid-of-another-issuer'],
    ['missing', undefined],
    ['null', null],
    ['empty', ''],
    ['of 10 kB', 'k'.repeat(10_240)],
    ['of 2 kB', 'k'.repeat(2_048)],
    ['an object', { toString: 'x' }],
    ['an array with the valid one', 'VALID'],
    ['a number', 0],
    ['a path', '../../../../dev/null'],
    ['SQL', `' OR '1'='1' --`],
    ['SQL that sleeps', `'; SELECT pg_sleep(10); --`],
    ['NUL', '\u0000'],
    ['a property of every object', '__proto__'],
    ['a method of every object', 'constructor'],
    ['a URL', 'http://127.0.0.1/key'],
    ['a lone surrogate', '\ud800'],
  ])('is refused when its kid is %s', async (name, kid) => {
    const chosen = name === 'an array with the valid one' ? [keys.current().kid] : kid;
    await expectRefused(own(header({ kid: chosen }), claims()));
  });

  it('is refused when its kid is the valid one followed by NUL', async () => {
    await expectRefused(own(header({ kid: `${keys.current().kid}\u0000` }), claims()));
  });

  it.each(['jku', 'x5u', 'jwk', 'x5c', 'x5t', 'crit', 'b64', 'zip', 'cty', 'enc', 'anything'])(
    'is refused when its header has %s, and nothing is fetched',
    async (member) => {
      const values = [lureUrl, [lureUrl], ownPublicKey().export({ format: 'jwk' }), ['b64'], ['exp'], false];
      for (const value of values) await expectRefused(own(header({ [member]: value }), claims()));
      await expectRefused(
        forgeToken(header({ [member]: lureUrl, kid: 'elsewhere' }), claims(), es256(unrelatedKey())),
      );
    },
  );

  it.each([
    undefined,
    null,
    '',
    'JWT',
    'jwt',
    'rt+jwt',
    'refresh',
    'at+jwt ',
    'text/at+jwt',
    'logout+jwt',
    1,
    ['at+jwt'],
  ])('is refused when its typ is %p', async (typ) => {
    await expectRefused(own(header({ typ }), claims()));
  });
});

describe('a token signed by the service with invalid claims', () => {
  const now = seconds();
  const WRONG: Record<string, unknown[]> = {
    exp: [
      undefined,
      null,
      '',
      String(now + 900),
      -1,
      0,
      1.5,
      1e308,
      now - 1,
      now - 3600,
      true,
      [now + 900],
      {},
    ],
    iat: [undefined, null, String(now), -1, 1.5, 1e308, now - 901],
    nbf: [now + 3600, now + 1e9, String(now), null, {}, 1e308],
    iss: [undefined, null, '', `${ISSUER}/`, ISSUER.toUpperCase(), 'https://evil.example', [ISSUER], 1, {}],
    aud: [
      undefined,
      null,
      '',
      `${AUDIENCE}/`,
      'https://other.example',
      [],
      ['https://other.example'],
      1,
      {},
      [[AUDIENCE]],
    ],
    sub: [
      undefined,
      null,
      '',
      'admin',
      1,
      userId.toUpperCase(),
      `${userId} `,
      `${userId}\u0000`,
      [userId],
      `' OR 1=1 --`,
    ],
    sid: [
      undefined,
      null,
      '',
      'x',
      1,
      sessionId.slice(1),
      `{${sessionId}}`,
      sessionId.replaceAll('-', ''),
      [sessionId],
      '\ud800',
    ],
    jti: [undefined, null, '', 1, {}],
    auth_time: [undefined, null, '', String(now), -1, 1e308, 8.7e12, 1.5],
    amr: [undefined, null, 'pwd', [1], [''], {}],
    roles: [undefined, null, 'admin', [1], [null], { 0: 'admin', length: 1 }],
    roles_version: [undefined, null, '3', -1, 1.5, 1e308],
    generation: [null, '3', -1, 1.5, 1e308],
    session_epoch: [null, '3', -1, 1.5, 1e308],
    device_id: [null, '', 'phone', deviceId.toUpperCase(), 1],
    client_id: [null, '', 1, ['latchkey']],
    acr: [null, '', 1, ['aal1']],
  };
  const cases = Object.entries(WRONG).flatMap(([claim, values]) =>
    values.map((value) => [claim, value] as const),
  );

  it.each(cases)('is refused when %s is %p', async (claim, value) => {
    await expectRefused(own(header(), claims({ [claim]: value })));
  });

  it.each(['1e309', '-1e309', '1e400'])(
    'is refused when exp is %s, which JavaScript reads as infinite',
    async (exp) => {
      await expectRefused(own(header(), rawJson(claims({ exp: 'HERE' }), '"HERE"', exp)));
    },
  );

  it.each(['null', '[]', '"x"', '1', 'true', '{', '', 'x'])(
    'is refused when the payload is %p',
    async (payload) => {
      await expectRefused(own(header(), payload));
    },
  );

  it('is refused after the configured lifetime, even if issued under a longer one', async () => {
    const old = own(header(), claims({ iat: seconds() - 901, exp: seconds() + 86_400 }));
    await expectRefused(old);
  });

  it('is accepted with the expected audience among others', async () => {
    const token = own(header(), claims({ aud: ['https://other.example', AUDIENCE] }));
    expect((await get('/closed', `Bearer ${token}`)).status).toBe(200);
  });
});

describe('a refresh token', () => {
  it.each([
    `${base64url(randomBytes(16))}.0.${base64url(randomBytes(32))}`,
    `lkr_${base64url(randomBytes(48))}`,
    base64url(randomBytes(64)),
  ])('is refused as an access token: %s', async (token) => {
    await expectRefused(token);
  });

  it('is refused as an access token even if it is a JWT signed by the service', async () => {
    await expectRefused(own(header({ typ: 'rt+jwt' }), claims()));
    await expectRefused(own(header({ typ: undefined }), claims()));
  });
});

describe('the Authorization header', () => {
  it('is required', async () => {
    expect(await get('/closed')).toEqual(REFUSAL);
  });

  it.each(['Bearer', 'bearer', 'BEARER', 'bEaReR'])(
    'accepts the scheme as %s, on first use and from the cache',
    async (scheme) => {
      const token = await genuine();
      for (const _ of ['first use', 'cached']) {
        expect((await get('/closed', `${scheme} ${token}`)).status).toBe(200);
      }
      expect((await get('/closed', `${scheme}   ${token}`)).status).toBe(200);
    },
  );

  it.each([
    ['two tokens', (token: string) => `Bearer ${token} ${token}`],
    ['two tokens in a list', (token: string) => `Bearer ${token}, Bearer ${token}`],
    ['a list', (token: string) => `Bearer ${token},`],
    ['a parameter', (token: string) => `Bearer token="${token}"`],
    ['quotes', (token: string) => `Bearer "${token}"`],
    ['a tab', (token: string) => `Bearer\t${token}`],
    ['no space', (token: string) => `Bearer${token}`],
    ['a colon', (token: string) => `Bearer: ${token}`],
    ['no scheme', (token: string) => token],
    ['no token', () => 'Bearer'],
    ['only spaces', () => 'Bearer    '],
    ['another scheme', (token: string) => `Token ${token}`],
    ['DPoP', (token: string) => `DPoP ${token}`],
    ['Basic', (token: string) => `Basic ${Buffer.from(`${token}:`).toString('base64')}`],
    ['two schemes', (token: string) => `Bearer Bearer ${token}`],
    ['padding', (token: string) => `Bearer ${token}=`],
    ['percent encoding', (token: string) => `Bearer ${token.replace('.', '%2E')}`],
    ['a Latin-1 letter', (token: string) => `Bearer ${token}\u00e9`],
    ['5 kB', (token: string) => `Bearer ${token}${'A'.repeat(5_120)}`],
  ])('is refused with %s, even if the token is cached', async (_, write) => {
    const token = await genuine();
    expect(await get('/closed', write(token))).toEqual(REFUSAL);
    expect((await get('/closed', `Bearer ${token}`)).status).toBe(200);
    expect(await get('/closed', write(token))).toEqual(REFUSAL);
  });

  it('is refused when it is repeated', async () => {
    const token = await genuine();
    expect(await send(['Authorization', `Bearer ${token}`])).toEqual([200, expect.any(String)]);
    for (const second of [`Bearer ${token}`, 'Bearer x', 'Basic eA==', '']) {
      for (const name of ['Authorization', 'authorization', 'AUTHORIZATION']) {
        expect(await send(['Authorization', `Bearer ${token}`, name, second])).toEqual([401, REFUSAL.body]);
      }
    }
  });

  it('is the only place where a token is accepted', async () => {
    const token = await genuine();
    for (const name of ['access_token', 'token', 'auth_token', 'jwt', 'bearer']) {
      expect(await get(`/closed?${name}=${token}`)).toEqual(REFUSAL);
      const posted = await fetch(`${service.url}/closed`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', cookie: `${name}=${token}`, 'x-access-token': token },
        body: JSON.stringify({ [name]: token }),
      });
      expect([posted.status, await posted.text()]).toEqual([401, REFUSAL.body]);
    }
  });

  /** Sends repeated headers separately, which `fetch` would join. */
  function send(headers: string[]): Promise<[number | undefined, string]> {
    return new Promise((resolve, reject) => {
      httpRequest(`${service.url}/closed`, { headers: ['Host', 'localhost', ...headers] }, (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (chunk) => {
          body += chunk;
        });
        response.on('end', () => resolve([response.statusCode, body]));
      })
        .on('error', reject)
        .end();
    });
  }
});

describe('a route', () => {
  it('requires a token unless marked public', async () => {
    expect((await get('/open')).status).toBe(200);
    expect((await get('/open', 'Bearer nonsense')).status).toBe(200);
    expect((await get('/admins')).status).toBe(401);
    expect(await get('/contradiction', `Bearer ${await genuine({ roles: ['admin'] })}`)).toEqual(REFUSAL);
  });

  it('restricted to roles admits a user with one of them', async () => {
    expect((await get('/admins', `Bearer ${await genuine({ roles: ['user', 'auditor'] })}`)).status).toBe(
      200,
    );
    const refused = await get('/admins', `Bearer ${await genuine()}`);
    expect([refused.status, JSON.parse(refused.body).code]).toEqual([403, 'insufficient_role']);
    expect((await get('/admins', `Bearer ${await genuine({ roles: [] })}`)).status).toBe(403);
  });

  it('checks the roles of the session, not those in the token', async () => {
    service.sessions.answer = (principal) => ({ ...principal, roles: [] });
    expect((await get('/admins', `Bearer ${await genuine({ roles: ['admin'] })}`)).status).toBe(403);
  });

  it('for a sensitive action requires a login within the last five minutes', async () => {
    const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);
    const recent = await genuine({ authenticatedAt: minutesAgo(4) });
    expect((await get('/sensitive', `Bearer ${recent}`)).status).toBe(200);
    const old = await genuine({ authenticatedAt: minutesAgo(6) });
    const refused = await get('/sensitive', `Bearer ${old}`);
    expect([refused.status, JSON.parse(refused.body)]).toEqual([
      403,
      expect.objectContaining({ code: 'reauthentication_required', max_age: 300 }),
    ]);
    expect((await get('/closed', `Bearer ${old}`)).status).toBe(200);
  });
});
