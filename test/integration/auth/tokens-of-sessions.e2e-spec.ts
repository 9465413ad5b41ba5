import { randomUUID } from 'node:crypto';
import { AccessTokenIssuer } from '../../../src/auth/access-tokens/access-token.issuer.js';
import { type RunningApp, startApp } from '../../support/app.js';

describe('an access token with a valid signature', () => {
  let service: RunningApp;

  beforeAll(async () => {
    service = await startApp();
  });

  afterAll(() => service?.close());

  const userOf = async (token: string) => ((await service.api.me(token)).body.user as { id: string }).id;
  const issue = async (userId: string, sessionId: string) => {
    const { token } = await service.app.get(AccessTokenIssuer, { strict: false }).issue({
      userId,
      sessionId,
      deviceId: randomUUID(),
      sessionEpoch: 0,
      roles: [],
      rolesVersion: 0,
      generation: 0,
      createdAt: new Date(),
      authenticatedAt: new Date(),
      amr: ['pwd'],
      now: new Date(),
    });
    return token;
  };

  it('is accepted for a session of its user', async () => {
    const { access_token, session_id } = await service.api.newcomer();
    const token = await issue(await userOf(access_token), session_id);
    expect((await service.api.me(token)).status).toBe(200);
  });

  it('is refused for a session of another user and for an unknown session', async () => {
    const mine = await service.api.newcomer();
    const theirs = await service.api.newcomer();
    const me = await userOf(mine.access_token);
    for (const sessionId of [theirs.session_id, mine.device_id, randomUUID()]) {
      const token = await issue(me, sessionId);
      // Both when the token is new and when its signature check is cached.
      for (let times = 0; times < 2; times++) {
        expect(await service.api.me(token)).toMatchObject({ status: 401, body: { code: 'invalid_token' } });
      }
    }
    expect((await service.api.me(theirs.access_token)).status).toBe(200);
  });
});
