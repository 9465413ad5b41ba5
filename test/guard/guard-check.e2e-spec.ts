import { createGuard, type GuardOptions } from '@latchkey/guard';
import { decodeJwt } from 'jose';
import { waitUntil } from '../support/wait-until.js';
import { codeOf } from './code-of.js';
import { ConnectedGuards } from './connected-guards.js';
import { AUDIENCE, CREDENTIALS, ISSUER, ProtocolService } from './protocol-service.js';

let service: ProtocolService;
let guards: ConnectedGuards;
const connected = (options?: Partial<GuardOptions>) => guards.connect(options);

beforeAll(async () => {
  service = await ProtocolService.start();
  guards = new ConnectedGuards(service);
});

afterAll(async () => {
  await guards.close();
  await service.die();
});

describe('check', () => {
  afterEach(() => {
    service.decide = async () => ({ state: 'active' });
  });

  it('returns the caller that the token names', async () => {
    const guard = await connected();
    const token = await service.token({
      device_id: 'd0b7a2c8-0000-7000-8000-000000000001',
      client_id: 'web',
      acr: 'aal1',
    });
    const { sub, sid, exp, auth_time } = decodeJwt<{ auth_time: number; sid: string }>(token);
    expect({ ...(await guard.check(token)) }).toEqual({
      userId: sub,
      sessionId: sid,
      deviceId: 'd0b7a2c8-0000-7000-8000-000000000001',
      clientId: 'web',
      roles: ['user'],
      authenticatedAt: auth_time * 1000,
      amr: ['pwd'],
      acr: 'aal1',
      expiresAt: Number(exp) * 1000,
    });
  });

  it('answers in the same tick about a token that it has verified before', async () => {
    const guard = await connected();
    const token = await service.token();
    const first = await guard.check(token);
    expect(guard.check(token)).toEqual(first);
    expect(guard.check(token)).not.toBeInstanceOf(Promise);
  });

  it('refuses, in the same tick, a session from the moment its end is answered, with the reason', async () => {
    const guard = await connected();
    const token = await service.token();
    const { sessionId } = await guard.check(token);
    await service.revoke([{ sessionId, reason: 'logout' }]);
    expect(() => guard.check(token)).toThrow(
      expect.objectContaining({ code: 'session_revoked', status: 401, members: { reason: 'logout' } }),
    );
  });

  it.each([
    ['another issuer', { iss: 'https://evil.example.com' }],
    ['no issuer', { iss: undefined }],
    ['another audience', { aud: 'https://other.example.com' }],
    ['no audience', { aud: undefined }],
    ['another type', { header: { typ: 'JWT' } }],
    ['an expiry in the past', { exp: 1 }],
    ['no expiry', { exp: undefined }],
    ['no session', { sid: undefined }],
    ['an nbf in the future', { nbf: 2 ** 33 }],
    ['an unknown key', { header: { kid: 'unknown' } }],
    ['an embedded key', { header: { jwk: {} } }],
  ])('refuses a token with %s as invalid_token', async (_, changes) => {
    const guard = await connected();
    const token = await service.token(changes);
    expect(await codeOf(() => guard.check(token))).toBe('invalid_token');
  });

  it.each<[string, unknown]>([
    ['an empty text', ''],
    ['a text that is no token', 'a.b.c'],
    ['a long text', 'x'.repeat(5_000)],
    ['two tokens', 'a.b.c a.b.c'],
    ['undefined', undefined],
    ['a number', 7],
    ['an object', { toString: 'x' }],
  ])('refuses %s as invalid_token', async (_, text) => {
    const guard = await connected();
    expect(await codeOf(() => guard.check(text as string))).toBe('invalid_token');
  });

  it('refuses a token whose signature belongs to another one', async () => {
    const guard = await connected();
    const [one, other] = [await service.token(), await service.token()];
    await guard.check(one);
    const forged = `${other.slice(0, other.lastIndexOf('.'))}${one.slice(one.lastIndexOf('.'))}`;
    expect(await codeOf(() => guard.check(forged))).toBe('invalid_token');
  });

  it('accepts any of the audiences of a token and of the resource server', async () => {
    const guard = await connected({ audience: ['https://first.example.com', AUDIENCE] });
    const [one, list, other] = await Promise.all(
      [AUDIENCE, ['https://other.example.com', AUDIENCE], ['https://other.example.com']].map((aud) =>
        service.token({ aud }),
      ),
    );
    expect(
      await Promise.all([one, list, other].map((token) => codeOf(() => guard.check(token ?? '')))),
    ).toEqual(['granted', 'granted', 'invalid_token']);
  });

  it('limits the lifetime of a token to the one that the service has', async () => {
    const guard = await connected();
    const now = Math.floor(Date.now() / 1000);
    const old = await service.token({ iat: now - 1_000, exp: now + 86_400 });
    expect(await codeOf(() => guard.check(old))).toBe('invalid_token');
  });

  it('asks about a session that a cut-off may have ended', async () => {
    const guard = await connected();
    const [ended, kept] = [await service.token(), await service.token()];
    const [{ userId }, { userId: keptUser, sessionId }] = [await guard.check(ended), await guard.check(kept)];
    service.decide = async (question) =>
      question.sessionId === sessionId ? { state: 'active' } : { state: 'ended', reason: 'password_changed' };
    const cutOffs = [userId, keptUser].map((it) => ({ userId: it, rolesVersion: 1, sessionEpoch: 2 }));
    await service.revoke([], cutOffs);
    await expect(guard.check(ended)).rejects.toMatchObject({
      code: 'session_revoked',
      members: { reason: 'password_changed' },
    });
    expect(await guard.check(kept)).toMatchObject({ sessionId });
  });

  it.each([
    ['stale', 'token_stale', 401],
    ['needs_login', 'insufficient_user_authentication', 401],
    ['unavailable', 'service_unavailable', 503],
  ] as const)('translates the answer %s', async (state, code, status) => {
    const guard = await connected();
    const token = await service.token();
    const { userId } = await guard.check(token);
    service.decide = async () => ({ state });
    await service.revoke([], [{ userId, rolesVersion: 2 }]);
    await expect(guard.check(token)).rejects.toMatchObject({ code, status });
  });

  it('reports use, with the client where it is new', async () => {
    const guard = await connected();
    const token = await service.token({ generation: 3 });
    const { sessionId } = await guard.check(token, { address: '192.0.2.1', userAgent: 'Browser/1' });
    const report = await waitUntil('the report', () =>
      service.uses.find((use) => use.sessionId === sessionId),
    );
    expect(report).toMatchObject({ generation: 3, address: '192.0.2.1', userAgent: 'Browser/1' });
  });

  it('shows neither versions nor epochs to an application that logs the caller', async () => {
    const guard = await connected();
    const caller = await guard.check(await service.token());
    expect(Object.keys(JSON.parse(JSON.stringify(caller)))).not.toContain('sessionEpoch');
  });
});

describe('ready', () => {
  it('rejects when the service refuses the credentials', async () => {
    service.refuseWith = 401;
    await expect(guards.create().ready()).rejects.toThrow(/refuses the credentials.* 401/);
    expect(String(guards.errors[0])).toContain('401');
    service.refuseWith = null;
  });

  it('sends the credentials as RFC 6749 requires', async () => {
    await connected({ clientId: 'a:b', clientSecret: 'ä +%' });
    expect(service.authorization).toBe(`Basic ${Buffer.from('a%3Ab:%C3%A4+%2B%25').toString('base64')}`);
  });
});

describe('createGuard', () => {
  const options = { issuer: ISSUER, audience: AUDIENCE, ...CREDENTIALS };

  it.each([
    ['issuer', { issuer: '' }],
    ['clientId', { clientId: undefined }],
    ['clientSecret', { clientSecret: undefined }],
    ['audience', { audience: [] }],
    ['audience', { audience: undefined }],
    ['service', { service: [] }],
    ['service', { service: 'http://id.example.com' }],
    ['whenUnreachable', { whenUnreachable: 'ignore' }],
    ['streamsWithoutLease', { streamsWithoutLease: 'ignore' }],
  ])('names the option %s if it is wrong: %j', (name, change) => {
    expect(() => createGuard({ ...options, ...change } as GuardOptions)).toThrow(new RegExp(`^${name}: `));
  });
});
