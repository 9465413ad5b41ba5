import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { InstanceLock } from '../../src/database/instance-lock.js';
import { runMigrations } from '../../src/database/migrations.js';
import { requirePrimary, StandbyServer } from '../../src/database/standby-server.js';
import { PostgresSessionStore } from '../../src/sessions/store/postgres-session-store.js';
import type { Tokens } from '../support/api.js';
import { PostgresServer } from '../support/postgres-server.js';
import { COMMAND, MAIN, runProgram } from '../support/run-program.js';
import { serviceEnv } from '../support/service-env.js';
import { ServiceProcess } from '../support/service-process.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { waitUntil } from '../support/wait-until.js';

/** Two processes and two Postgres servers start on cores shared with other tests. */
const START_MS = 180_000;
const PATIENCE = { timeoutMs: 60_000 };

const STANDBY = /^latchkey: [^\n]*the server that DATABASE_URL leads to is a standby[^\n]*\n$/;

describe('a standby that lacks a revocation', () => {
  let primary: PostgresServer;
  let standby: PostgresServer;
  /** Between the standby and its primary. */
  let replication: TcpProxy;
  /** Between one of the two instances and its servers. */
  let postgres: TcpProxy;
  let redis: TcpProxy;
  let env: Record<string, string>;
  let moved: ServiceProcess;
  let staying: ServiceProcess;
  let revoked: Tokens;
  let active: Tokens;

  beforeAll(async () => {
    primary = await PostgresServer.start();
    await runMigrations(primary.url);
    await primary.stop();
    const port = primary.port;
    replication = await TcpProxy.start({ port });
    standby = await PostgresServer.start({ standbyOf: { primary, port: replication.port } });
    await primary.start();
    postgres = await TcpProxy.start(primary);
    const redisUrl = process.env.TEST_REDIS_URL ?? '';
    redis = await TcpProxy.start({ port: Number(new URL(redisUrl).port || 6379) });
    env = serviceEnv(primary.url, { REDIS_URL: redisUrl });
    [staying, moved] = await Promise.all([
      ServiceProcess.start(env),
      ServiceProcess.start({
        ...env,
        DATABASE_URL: postgres.through(primary.url),
        REDIS_URL: redis.through(redisUrl),
      }),
    ]);
    [revoked, active] = await Promise.all([staying.api.newcomer(), staying.api.newcomer()]);
    await waitUntil('the standby has both sessions', async () => (await activeOnStandby()) === 2, PATIENCE);
    await replication.cut();
  }, START_MS);
  afterAll(async () => {
    await Promise.all([staying?.stop(), moved?.stop()]);
    await Promise.all([replication, postgres, redis].map((proxy) => proxy?.stop()));
    await Promise.all([standby?.dispose(), primary?.dispose()]);
  });

  async function activeOnStandby(): Promise<number> {
    const client = new Client({ connectionString: standby.url });
    await client.connect();
    try {
      const { rows } = await client.query(
        `SELECT count(*)::integer AS n FROM sessions WHERE status = 'active' AND id = ANY ($1)`,
        [[revoked.session_id, active.session_id]],
      );
      return rows[0].n;
    } finally {
      await client.end();
    }
  }

  it('grants nothing to an instance whose connections lead to it, which is not ready until they lead back', async () => {
    await redis.cut();
    postgres.retarget(standby);
    expect((await staying.api.logout(revoked.access_token)).status).toBe(204);
    expect(await activeOnStandby()).toBe(2);

    const notReady = async () => (await moved.api.call('GET', '/health/ready')).status === 503;
    await waitUntil('the instance is not ready', notReady, PATIENCE);
    for (const { access_token } of [revoked, active]) {
      const answer = await moved.api.me(access_token);
      expect(answer.status).toBe(503);
      expect(answer.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
    }

    postgres.retarget(primary);
    await redis.heal();
    await waitUntil('the instance is ready', async () => !(await notReady()), PATIENCE);
    await waitUntil('it grants', async () => (await moved.api.me(active.access_token)).status === 200);
    expect((await moved.api.me(revoked.access_token)).status).toBe(401);
  });

  it.each([
    ['the service', MAIN, []],
    ['a command', COMMAND, ['user', 'list']],
  ])('stops %s at its start, with one line that says so', async (_, program, args) => {
    const { code, stderr } = await runProgram(program, args, {
      ...env,
      DATABASE_URL: standby.url,
      PORT: '0',
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(STANDBY);
  });

  it('does not give out the lock of the only instance', async () => {
    const lock = new InstanceLock(standby.url, false, () => {});
    await expect(lock.acquire()).rejects.toThrow(StandbyServer);
    await lock.release();
  });

  describe('behind a pooler that exchanges the server of a connection', () => {
    let pooled: DataSource;

    beforeAll(async () => {
      pooled = await new DataSource({ type: 'postgres', url: standby.url }).initialize();
    });
    afterAll(() => pooled?.destroy());

    it.each([
      ['a session', () => [revoked.session_id]],
      ['a session that it does not have', () => ['00000000-0000-7000-8000-000000000000']],
    ])('is not believed about %s', async (_, ids) => {
      await expect(new PostgresSessionStore(pooled).load(ids())).rejects.toThrow(StandbyServer);
    });

    it('is not believed about recent revocations', async () => {
      const read = new PostgresSessionStore(pooled).recentRevocations(60_000, null);
      await expect(read).rejects.toThrow(StandbyServer);
    });

    it('does not count as ready', async () => {
      await expect(requirePrimary(pooled)).rejects.toThrow(StandbyServer);
    });
  });
});
