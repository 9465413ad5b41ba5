import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { runMigrations } from '../../src/database/migrations.js';
import type { Api, Tokens } from '../support/api.js';
import { PostgresServer } from '../support/postgres-server.js';
import { serviceEnv } from '../support/service-env.js';
import { ServiceProcess } from '../support/service-process.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { waitUntil } from '../support/wait-until.js';

/** Several processes and two Postgres servers start on cores shared with other tests. */
const START_MS = 180_000;
const PATIENCE = { timeoutMs: 60_000 };

describe('two instances whose Postgres fails over to a standby', () => {
  let primary: PostgresServer;
  let standby: PostgresServer;
  /** Between the instances and their Postgres. */
  let proxy: TcpProxy;
  /** Between the standby and its primary. */
  let replication: TcpProxy;
  let env: Record<string, string>;
  const services: ServiceProcess[] = [];
  const disposed: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    primary = await PostgresServer.start({ durable: true });
    disposed.push(() => primary.dispose());
    await runMigrations(primary.url);
    // An operator may have set this; a trigger raises it for changes that must survive a failover.
    await sql(primary, 'ALTER DATABASE postgres SET synchronous_commit = local');
    proxy = await TcpProxy.start(primary);
    replication = await TcpProxy.start(primary);
    await followPrimary();
    await sql(primary, `ALTER SYSTEM SET synchronous_standby_names = '*'`, 'SELECT pg_reload_conf()');
    env = serviceEnv(proxy.through(primary.url), { REDIS_URL: process.env.TEST_REDIS_URL ?? '' });
    services.push(...(await Promise.all([ServiceProcess.start(env), ServiceProcess.start(env)])));
    await allRecovered();
  }, START_MS);
  afterAll(async () => {
    await Promise.all(services.map((service) => service.stop()));
    await Promise.all([proxy?.stop(), replication?.stop(), standby?.dispose(), primary?.dispose()]);
    for (const dispose of disposed) await dispose();
  });

  const apis = (): Api[] => services.map(({ api }) => api);
  const api = (): Api => services[0]!.api;

  async function sql(server: PostgresServer, ...statements: string[]): Promise<Record<string, unknown>[]> {
    const client = new Client({ connectionString: server.url });
    client.on('error', () => {});
    await client.connect();
    try {
      let rows: Record<string, unknown>[] = [];
      for (const statement of statements) ({ rows } = await client.query(statement));
      return rows;
    } finally {
      await client.end();
    }
  }

  /** Starts a streaming standby of the current primary. */
  async function followPrimary(): Promise<void> {
    replication.retarget(primary);
    await primary.stop();
    standby = await PostgresServer.start({
      durable: true,
      settings: { synchronous_standby_names: '' },
      standbyOf: { primary, port: replication.port },
    });
    await primary.start();
    await standbyStreams();
  }

  const standbyStreams = () =>
    waitUntil(
      'the standby is streaming',
      async () => (await sql(primary, `SELECT 1 FROM pg_stat_replication WHERE state = 'streaming'`))[0],
      PATIENCE,
    );

  const allRecovered = () =>
    waitUntil(
      'all instances reach Postgres and trust their caches',
      async () => {
        const states = await Promise.all(apis().map((it) => it.call('GET', '/health/ready')));
        return states.every(({ body }) => body.status === 'ready' && body.caches_trusted);
      },
      PATIENCE,
    );

  async function warmedUp(): Promise<Tokens & { email: string }> {
    const person = await api().newcomer();
    for (const each of apis()) expect((await each.me(person.access_token)).status).toBe(200);
    return person;
  }

  /** Kills the primary as in a power cut, promotes the standby, and redirects the instances to it. */
  async function failOver(beforeTheyFindIt: () => Promise<void> = async () => {}): Promise<void> {
    await primary.kill();
    await sql(standby, 'SELECT pg_promote()');
    await beforeTheyFindIt();
    proxy.retarget(standby);
    const lost = primary;
    primary = standby;
    disposed.push(() => lost.dispose());
  }

  const statusOf = async (server: PostgresServer, id: string) =>
    (await sql(server, `SELECT status, ended_reason FROM sessions WHERE id = '${id}'`))[0];

  it.each(['off', 'local', 'remote_write', 'on', 'remote_apply'])(
    'revocations, rotations and user changes wait until the standby has flushed them, with default synchronous_commit = %s',
    async (setting) => {
      for (const change of [
        `UPDATE sessions SET status = 'revoked' WHERE false`,
        'UPDATE sessions SET refresh_generation = 1 WHERE false',
        `UPDATE users SET roles = '{}' WHERE false`,
      ]) {
        const begin = ['BEGIN', `SET LOCAL synchronous_commit = '${setting}'`];
        const rows = await sql(primary, ...begin, change, 'SHOW synchronous_commit');
        expect(rows).toEqual([{ synchronous_commit: setting === 'remote_apply' ? setting : 'on' }]);
      }
    },
  );

  it('does not acknowledge a revocation before the synchronous standby has it, and keeps checking sessions', async () => {
    const [watched, ended] = [await warmedUp(), await warmedUp()];
    replication.hang();
    try {
      const answer = await api().logout(ended.access_token);
      expect(answer.status).toBe(503);
      expect(answer.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
      for (const each of apis()) expect((await each.me(watched.access_token)).status).toBe(200);
    } finally {
      await replication.heal();
      replication.breakConnections();
    }
    await standbyStreams();
    // It was committed after all: a 503 leaves the outcome open.
    for (const each of apis()) {
      const isRefused = async () => (await each.me(ended.access_token)).status === 401;
      await waitUntil('the session is refused', isRefused, PATIENCE);
    }
  });

  it('loses nothing acknowledged, with a synchronous standby', async () => {
    const [watched, ended, refreshed] = [await warmedUp(), await warmedUp(), await warmedUp()];
    const successor = await waitUntil('the session is refreshed', async () => {
      const answer = await api().refresh(refreshed.refresh_token);
      return answer.status === 200 ? answer.body : null;
    });
    expect((await api().logout(ended.access_token)).status).toBe(204);
    await failOver();

    services.push(await ServiceProcess.start(env));
    await allRecovered();
    for (const each of apis()) {
      expect((await each.me(ended.access_token)).status).toBe(401);
      expect(await each.refresh(ended.refresh_token)).toMatchObject({
        status: 401,
        body: { reason: 'logout' },
      });
      expect((await each.me(watched.access_token)).status).toBe(200);
    }
    expect((await api().refresh(successor.refresh_token)).status).toBe(200);
    expect((await api().refresh(watched.refresh_token)).status).toBe(200);
  });

  it('reapplies revocations that an asynchronous standby lost, and accepts the latest refresh token', async () => {
    await followPrimary();
    await allRecovered();
    const [ended, refreshed, promoted] = [await warmedUp(), await warmedUp(), await warmedUp()];
    await waitUntil('the standby has the sessions', async () => statusOf(standby, promoted.session_id));
    await replication.cut();
    const successor = await api().refresh(refreshed.refresh_token);
    expect((await api().logout(ended.access_token)).status).toBe(204);
    await sql(primary, `UPDATE users SET roles = '{admin}' WHERE email = '${promoted.email}'`);
    await waitUntil('the role change is enforced', async () =>
      (await Promise.all(apis().map((each) => each.me(promoted.access_token)))).every(
        ({ status }) => status === 401,
      ),
    );

    await failOver(async () => {
      expect(await statusOf(standby, ended.session_id)).toMatchObject({ status: 'active' });
    });
    await waitUntil(
      'the session is revoked again',
      async () => (await statusOf(primary, ended.session_id))?.status !== 'active',
      PATIENCE,
    );
    expect(await statusOf(primary, ended.session_id)).toEqual({
      status: 'revoked',
      ended_reason: 'logout',
    });
    services.push(await ServiceProcess.start(env));
    await allRecovered();
    for (const each of apis()) {
      expect((await each.me(ended.access_token)).status).toBe(401);
      expect((await each.refresh(ended.refresh_token)).status).toBe(401);
    }
    expect((await api().refresh(successor.body.refresh_token)).status).toBe(200);
    // The role change is lost and must be made again, but the user is not locked out.
    const again = await api().refresh(promoted.refresh_token);
    await sleep(1_000);
    for (const each of apis()) expect((await each.me(again.body.access_token)).status).toBe(200);
  });
});
