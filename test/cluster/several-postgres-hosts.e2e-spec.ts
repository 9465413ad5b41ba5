import { Client } from 'pg';
import { ADVISORY_LOCKS } from '../../src/database/advisory-locks.js';
import { InstanceLock } from '../../src/database/instance-lock.js';
import { runMigrations } from '../../src/database/migrations.js';
import { PrimaryChooser } from '../../src/database/primary-chooser.js';
import { PostgresServer } from '../support/postgres-server.js';
import { MAIN, runProgram } from '../support/run-program.js';
import { serviceEnv } from '../support/service-env.js';
import { ServiceProcess } from '../support/service-process.js';
import { waitUntil } from '../support/wait-until.js';

const START_MS = 180_000;
const PATIENCE = { timeoutMs: 60_000 };

describe('an instance whose DATABASE_URL names a standby, a primary and a server that is down', () => {
  let primary: PostgresServer;
  let standby: PostgresServer;
  let down: number;
  let env: Record<string, string>;
  let service: ServiceProcess;

  beforeAll(async () => {
    primary = await PostgresServer.start({ durable: true });
    await runMigrations(primary.url);
    await primary.stop();
    standby = await PostgresServer.start({ durable: true, standbyOf: { primary, port: primary.port } });
    await primary.start();
    const stopped = await PostgresServer.start();
    down = stopped.port;
    await stopped.dispose();
    env = serviceEnv(urlOf([down, standby.port, primary.port]));
    service = await ServiceProcess.start(env);
  }, START_MS);
  afterAll(async () => {
    await service?.stop();
    await Promise.all([standby?.dispose(), primary?.dispose()]);
  });

  const urlOf = (ports: number[]) =>
    `postgres://postgres@${ports.map((port) => `127.0.0.1:${port}`).join(',')}/postgres?target_session_attrs=read-write`;

  async function sql(server: PostgresServer, statement: string): Promise<Record<string, unknown>[]> {
    const client = new Client({ connectionString: server.url });
    await client.connect();
    try {
      return (await client.query(statement)).rows;
    } finally {
      await client.end();
    }
  }

  it('uses the primary, and another one when that one has died and comes back', async () => {
    const ended = await service.api.newcomer();
    const active = await service.api.newcomer();
    expect((await service.api.logout(ended.access_token)).status).toBe(204);
    const revoked = `SELECT status FROM sessions WHERE id = '${ended.session_id}' AND status = 'revoked'`;
    await waitUntil('the standby has the revocation', async () => (await sql(standby, revoked))[0], PATIENCE);

    await primary.kill();
    await sql(standby, 'SELECT pg_promote()');
    const ready = async () => (await service.api.call('GET', '/health/ready')).body.status === 'ready';
    await waitUntil('the instance is ready', ready, PATIENCE);
    // It takes itself for the primary, but its timeline is older.
    await primary.start();
    const chosen = await new PrimaryChooser([primary.url, standby.url]).primary();
    expect(chosen.port).toBe(standby.port);
    await sql(
      standby,
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'latchkey%'`,
    );
    await waitUntil('the instance is ready', ready, PATIENCE);
    const refreshed = await waitUntil('it refreshes', async () => {
      const answer = await service.api.refresh(active.refresh_token);
      return answer.status === 200 ? answer.body : null;
    });
    expect((await service.api.me(refreshed.access_token)).status).toBe(200);
    expect((await service.api.me(ended.access_token)).status).toBe(401);
    const generation = `SELECT refresh_generation FROM sessions WHERE id = '${active.session_id}'`;
    expect(await sql(standby, generation)).toEqual([{ refresh_generation: 1 }]);
    expect(await sql(primary, generation)).toEqual([{ refresh_generation: 0 }]);
  });

  it('finds the primary for the lock of the only instance', async () => {
    // The instance above lost its connections, and acquires the lock again by itself.
    const held = `SELECT FROM pg_locks WHERE objid = ${ADVISORY_LOCKS.instances} AND granted`;
    await waitUntil('the instance has the lock', async () => (await sql(standby, held))[0], PATIENCE);
    const lock = new InstanceLock(urlOf([down, standby.port]), false, () => {});
    try {
      await expect(lock.acquire()).rejects.toThrow(/another instance/);
    } finally {
      await lock.release();
    }
  });

  it('does not start while none is a primary', async () => {
    const { code, stderr } = await runProgram(MAIN, [], { ...env, DATABASE_URL: urlOf([down]), PORT: '0' });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^latchkey: Postgres cannot be used: connect ECONNREFUSED[^\n]*\n$/);
  });
});
