import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import type { Tokens } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { EventSource } from '../support/event-source.js';
import { RedisServer } from '../support/redis-server.js';
import { serviceEnv } from '../support/service-env.js';
import { ServiceProcess } from '../support/service-process.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { waitUntil } from '../support/wait-until.js';

/** One second is promised; the rest allows for a busy machine. */
const SOON_MS = 3_000;

describe('account event streams on two instances', () => {
  let database: TestDatabase;
  let postgres: Client;
  let redis: RedisServer;
  /** Between the second instance and Redis. */
  let proxy: TcpProxy;
  let one: ServiceProcess;
  let two: ServiceProcess;

  beforeAll(async () => {
    [database, redis] = await Promise.all([createTestDatabase(), RedisServer.start()]);
    proxy = await TcpProxy.start({ port: redis.port });
    postgres = new Client({ connectionString: database.url });
    const env = serviceEnv(database.url, { REDIS_URL: redis.url });
    [one, two] = await Promise.all([
      ServiceProcess.start(env),
      ServiceProcess.start({ ...env, REDIS_URL: proxy.through(redis.url) }),
      postgres.connect(),
    ]);
  }, 180_000);
  afterAll(async () => {
    await Promise.all([one?.stop(), two?.stop(), postgres?.end()]);
    await proxy?.stop();
    await redis?.stop();
    await database?.drop();
  });

  const listen = (service: ServiceProcess, { access_token }: Pick<Tokens, 'access_token'>) =>
    EventSource.open(service.url, { authorization: `Bearer ${access_token}` });
  const timed = async (act: () => Promise<unknown>, received: Promise<{ at: number; data: unknown }>) => {
    const startedAt = performance.now();
    const [{ at, data }] = await Promise.all([received, act()]);
    return { data, ms: at - startedAt };
  };

  it('report a login on the other instance within a second', async () => {
    const mine = await one.api.newcomer();
    const stream = await listen(two, mine);
    await one.api.session(mine.email);
    const { ms } = await timed(() => one.api.session(mine.email), stream.next('changed'));
    expect(ms).toBeLessThan(SOON_MS);
    stream.leave();
  });

  it('close within a second when the session is revoked on the other instance', async () => {
    const mine = await one.api.newcomer();
    const stream = await listen(two, mine);
    const other = await one.api.session(mine.email);
    const { ms, data } = await timed(
      () => one.api.end(other.access_token, `/devices/${mine.device_id}`),
      stream.next('ended'),
    );
    expect(data).toEqual({ code: 'session_revoked', reason: 'terminated' });
    expect(ms).toBeLessThan(SOON_MS);
  });

  it('close within a second on both instances when the session is revoked in psql', async () => {
    const mine = await one.api.newcomer();
    const streams = await Promise.all([listen(one, mine), listen(two, mine)]);
    const end = () =>
      postgres.query(`UPDATE sessions SET status = 'revoked' WHERE id = $1`, [mine.session_id]);
    const startedAt = performance.now();
    const received = streams.map((stream) => stream.next('ended'));
    await end();
    for (const { at, data } of await Promise.all(received)) {
      expect(data).toEqual({ code: 'session_revoked', reason: 'unspecified' });
      expect(at - startedAt).toBeLessThan(SOON_MS);
    }
  });

  it('close within a second on an instance that is cut off from Redis', async () => {
    const mine = await one.api.newcomer();
    const stream = await listen(two, mine);
    await proxy.cut();
    try {
      const ended = stream.next('ended');
      const endedAt = performance.now();
      // Not awaited: the revocation cannot be confirmed.
      void one.api.logout(mine.access_token).catch(() => {});
      expect((await ended).at - endedAt).toBeLessThan(SOON_MS);
    } finally {
      await proxy.heal();
    }
  });

  /** After a test that cut an instance off: subscribing again takes a moment, and itself reports a change. */
  async function untilBothReceiveChanges(): Promise<void> {
    const probe = await one.api.newcomer();
    const stream = await listen(two, probe);
    const changed = stream.next('changed', 30_000);
    await one.api.session(probe.email);
    await changed;
    stream.leave();
  }

  it.each([
    ['refuses connections', () => proxy.cut()],
    ['drops every packet to subscribers', async () => proxy.hang('subscribe')],
  ])('report missed changes once when Redis %s and then recovers', async (_, breakIt) => {
    await untilBothReceiveChanges();
    const mine = await one.api.newcomer();
    const stream = await listen(two, mine);
    try {
      await breakIt();
      const changed = stream.next('changed', 30_000);
      await one.api.session(mine.email);
      expect(stream.received).toEqual([]);
      await sleep(1_000);
      await proxy.heal();
      await changed;
    } finally {
      await proxy.heal();
      stream.leave();
    }
  });

  it('report a change that an instance could not publish, once it can', async () => {
    const mine = await one.api.newcomer();
    const stream = await listen(one, mine);
    await proxy.cut();
    try {
      const changed = stream.next('changed', 30_000);
      await two.api.session(mine.email);
      await sleep(500);
      expect(stream.received).toEqual([]);
      await proxy.heal();
      await changed;
    } finally {
      await proxy.heal();
      stream.leave();
    }
  });

  it('close when their instance stops, which then exits with 0', async () => {
    const mine = await one.api.newcomer();
    const streams = await Promise.all(Array.from({ length: 5 }, () => listen(two, mine)));
    const startedAt = performance.now();
    expect(await two.stop()).toBe(0);
    expect(performance.now() - startedAt).toBeLessThan(8_000);
    await waitUntil('all to close', () => streams.every(({ isClosed }) => isClosed));
  });
});
