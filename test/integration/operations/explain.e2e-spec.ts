import { DataSource } from 'typeorm';
import { historyLines } from '../../../src/cli/history-lines.js';
import { REDIS } from '../../../src/redis/redis.module.js';
import { RedisAuthenticators } from '../../../src/redis/redis-authenticators.js';
import type { RedisConnection } from '../../../src/redis/redis-connection.js';
import { SessionHistories } from '../../../src/sessions/session-history.js';
import type { Tokens } from '../../support/api.js';
import { type RunningApp, startApp } from '../../support/app.js';
import { waitUntil } from '../../support/wait-until.js';

const UNKNOWN = '01890a5d-ac96-774b-bcce-b302099a8057';

describe('the history of a session', () => {
  let service: RunningApp;
  let histories: SessionHistories;

  beforeAll(async () => {
    service = await startApp({ REDIS_URL: process.env.TEST_REDIS_URL });
    histories = new SessionHistories(
      service.app.get(DataSource),
      service.app.get<RedisConnection>(REDIS),
      service.app.get(RedisAuthenticators),
    );
  });

  afterAll(() => service?.close());

  const history = async (sessionId: string) => {
    const found = await histories.find(sessionId);
    if (!found) throw new Error('no such session');
    return found;
  };

  it('lists what happened, in order, with actor and reason', async () => {
    const { api } = service;
    const tokens = await api.newcomer();
    await api.refresh(tokens.refresh_token);
    await api.me(tokens.access_token);
    await api.logout(tokens.access_token);
    await waitUntil('the revocation is recorded as enforced', async () => {
      const { events } = await history(tokens.session_id);
      return events.some(({ kind }) => kind === 'enforced');
    });

    const found = await history(tokens.session_id);
    expect(found.events.map(({ kind }) => kind)).toEqual(['opened', 'rotated', 'ended', 'enforced']);
    const [opened, rotated, ended, enforced] = found.events.map(({ detail }) => detail);
    expect(opened).toEqual({ device_id: tokens.device_id, address: '127.0.0.1' });
    expect(rotated).toEqual({ generation: 1, address: '127.0.0.1' });
    expect(ended).toEqual({ status: 'revoked', reason: 'logout', by: `user:${found.session.userId}` });
    expect(enforced).toMatchObject({ by: expect.any(String), acknowledged_by: [] });
    const instants = found.events.map(({ at }) => at.getTime());
    expect(instants).toEqual([...instants].sort((a, b) => a - b));
  });

  it('lists the first rotation of a day, and those from another client than the one before', async () => {
    const { api, sql } = service;
    const { session_id, ...tokens } = await api.newcomer();
    let token = tokens.refresh_token;
    const chrome =
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36';
    const rotate = async (times: number, userAgent = 'node') => {
      for (let time = 0; time < times; time++) {
        const refreshed = await api.call<Tokens>('POST', '/auth/refresh', {
          body: { refresh_token: token },
          headers: { 'user-agent': userAgent },
        });
        expect(refreshed.status).toBe(200);
        token = refreshed.body.refresh_token;
      }
    };
    await rotate(4);
    await sql(`UPDATE sessions SET rotated_at = rotated_at - interval '1 day' WHERE id = $1`, [session_id]);
    await rotate(3);
    await rotate(2, chrome);
    const { events, session } = await history(session_id);
    expect(session.refreshGeneration).toBe(9);
    const generations = events.map(({ kind, detail }) => [kind, detail.generation]);
    expect(generations).toEqual([
      ['opened', undefined],
      ['rotated', 1],
      ['rotated', 5],
      ['rotated', 8],
    ]);
  });

  it('shows what the running instance and Redis have cached', async () => {
    const tokens = await service.api.newcomer();
    await service.api.me(tokens.access_token);
    const alive = await history(tokens.session_id);
    expect(alive.instances).toEqual([expect.objectContaining({ inMemory: true, endedReason: null })]);
    expect(alive.inRedis).toBe(true);

    await service.api.logout(tokens.access_token);
    const [instance] = (await history(tokens.session_id)).instances ?? [];
    expect(instance?.endedReason).toBe('logout');
  });

  it.each([
    ['a logout', (token: string) => service.api.logout(token)],
    ['a cut-off', (token: string) => service.api.end(token, '/devices')],
  ])('is no longer in Redis after %s', async (_what, end) => {
    const tokens = await service.api.newcomer();
    await service.api.me(tokens.access_token);
    expect((await history(tokens.session_id)).inRedis).toBe(true);
    expect((await end(tokens.access_token)).status).toBe(204);
    await waitUntil('Redis has forgotten it', async () => !(await history(tokens.session_id)).inRedis);
  });

  it('shows a revocation made in plain SQL', async () => {
    const tokens = await service.api.newcomer();
    await service.sql(`UPDATE sessions SET status = 'revoked' WHERE id = $1`, [tokens.session_id]);
    const { events } = await history(tokens.session_id);
    expect(events.at(-1)).toMatchObject({
      kind: 'ended',
      detail: { reason: 'unspecified', by: expect.stringMatching(/^database:/) },
    });
  });

  it('is printed as lines', async () => {
    const tokens = await service.api.newcomer();
    await service.api.logout(tokens.access_token);
    const lines = historyLines(await history(tokens.session_id)).join('\n');
    expect(lines).toContain(`session ${tokens.session_id}`);
    expect(lines).toMatch(/status +revoked \(logout, by user:/);
    expect(lines).toMatch(/ended +revoked: logout/);
  });

  it('is null for an unknown session', async () => {
    expect(await histories.find(UNKNOWN)).toBeNull();
  });

  it('cannot be modified', async () => {
    await service.api.newcomer();
    await expect(service.sql(`UPDATE session_events SET kind = 'ended'`)).rejects.toThrow('append-only');
  });
});
