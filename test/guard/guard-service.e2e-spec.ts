import { GuardError, headersOf, problemOf, type SessionEnd, type StreamEnd } from '@latchkey/guard';
import { waitUntil } from '../support/wait-until.js';
import { codeOf } from './code-of.js';
import { ServiceForGuards } from './service-for-guards.js';

let service: ServiceForGuards;

beforeAll(async () => {
  service = await ServiceForGuards.start();
});

afterAll(() => service.stop());

describe('a guard of the service', () => {
  it('admits callers of active sessions, from memory the second time', async () => {
    const guard = await service.guard();
    const tokens = await service.api.newcomer();
    const principal = await guard.check(tokens.access_token);
    expect(principal).toMatchObject({
      sessionId: tokens.session_id,
      deviceId: tokens.device_id,
      clientId: 'latchkey',
      roles: [],
      amr: ['pwd'],
      acr: 'aal1',
    });
    expect(guard.check(tokens.access_token)).toEqual(principal);
  });

  it('refuses a session from the moment its end is answered, and has closed its streams by then', async () => {
    const guard = await service.guard();
    const { access_token: token, session_id: sessionId } = await service.api.newcomer();
    const ends: (StreamEnd | SessionEnd)[] = [];
    const principal = await guard.check(token);
    guard.openStream(principal, (end) => ends.push(end));
    guard.onSessionEnd((end) => ends.push(end));
    expect((await service.api.logout(token)).status).toBe(204);
    expect(ends).toEqual([
      { code: 'session_revoked', reason: 'logout' },
      { sessionId, userId: principal.userId, reason: 'logout' },
    ]);
    expect(() => guard.check(token)).toThrow(
      expect.objectContaining({ code: 'session_revoked', members: { reason: 'logout' } }),
    );
  });

  it('gives the reason in the words of the service', async () => {
    const guard = await service.guard();
    const { access_token: token } = await service.api.newcomer();
    await guard.check(token);
    await service.api.logout(token);
    const { body, headers } = await service.api.me(token);
    const error = await refusalOf(() => guard.check(token));
    expect(problemOf(error)).toEqual(body);
    const own = Object.entries(headersOf(error, true));
    expect(own.map(([name]) => [name, headers.get(name)])).toEqual(own);
  });

  it('refuses all sessions of a user but the one that they kept', async () => {
    const guard = await service.guard();
    const { email, ...kept } = await service.api.newcomer();
    const others = await Promise.all([service.api.session(email), service.api.session(email)]);
    for (const { access_token } of [kept, ...others]) await guard.check(access_token);
    expect((await service.api.end(kept.access_token, '/devices?except=current')).status).toBe(204);
    expect(await codeOf(() => guard.check(kept.access_token))).toBe('granted');
    for (const { access_token } of others) {
      expect(await codeOf(() => guard.check(access_token))).toBe('session_revoked');
    }
  });

  it('refuses tokens for another audience or of another issuer', async () => {
    const { access_token: token } = await service.api.newcomer();
    const audience = await service.guard({ audience: 'https://other.example.com' });
    const issuer = await service.guard({ issuer: 'https://other.example.com' });
    expect(await codeOf(() => audience.check(token))).toBe('invalid_token');
    expect(await codeOf(() => issuer.check(token))).toBe('invalid_token');
  });

  it('is refused with a wrong secret', async () => {
    await expect(service.guard({ clientSecret: 'wrong' })).rejects.toThrow(/refuses the credentials/);
  });

  it('connects again after a restart of the service', async () => {
    const guard = await service.guard();
    const { access_token: token } = await service.api.newcomer();
    await guard.check(token);
    await service.restart();
    await waitUntil(
      'the guard connects',
      async () => (await codeOf(() => guard.check(token))) === 'granted',
      { timeoutMs: 60_000 },
    );
    await guard.ready();
    expect((await service.api.logout(token)).status).toBe(204);
    expect(await codeOf(() => guard.check(token))).toBe('session_revoked');
  });
});

async function refusalOf(check: () => unknown): Promise<GuardError> {
  try {
    await check();
  } catch (error) {
    if (error instanceof GuardError) return error;
    throw error;
  }
  throw new Error('the request was granted');
}
