import { Client } from 'pg';
import { debianProgram } from '../../support/debian-program.js';
import { PgBouncerServer } from '../../support/pgbouncer-server.js';
import { PostgresServer } from '../../support/postgres-server.js';
import type { ClusterPostgres, Deployment } from './deployment.js';
import { allInstances, INSTANCE_FAULTS } from './instance-faults.js';
import type { FaultPlan } from './planned-fault.js';

/** One Postgres behind PgBouncer in transaction mode. */
export async function startPgBouncerDeployment(): Promise<Deployment> {
  const program = await debianProgram('pgbouncer');
  const server = await PostgresServer.start({ durable: true });
  const bouncer = await PgBouncerServer.start(program, server.url, 'transaction');
  await setTimeouts(server.url);
  const postgres: ClusterPostgres = {
    port: bouncer.port,
    url: bouncer.url,
    databaseUrl: (database) => bouncer.databaseUrl(database),
    pause: () => server.pause(),
    resume: () => server.resume(),
    kill: () => server.kill(),
    start: () => server.start(),
    dispose: async () => {
      await bouncer.dispose();
      await server.dispose();
    },
  };
  return {
    env: {},
    postgres,
    faults: { instances: [...INSTANCE_FAULTS, ...faultsOf(bouncer)] },
    dispose: async () => {},
  };
}

/** As docs/operations.md asks for; not for migrations, which are done when instances start. */
async function setTimeouts(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(`ALTER ROLE postgres SET statement_timeout = '3s'`);
  await client.query(`ALTER ROLE postgres SET idle_in_transaction_session_timeout = '3s'`);
  await client.end();
}

function faultsOf(bouncer: PgBouncerServer): FaultPlan[] {
  const killed: FaultPlan = ({ cluster }) => ({
    name: 'PgBouncer killed',
    withoutPostgres: allInstances(cluster),
    inject: () => bouncer.kill(),
    heal: async () => {
      await bouncer.start();
    },
  });
  const paused: FaultPlan = ({ cluster }) => ({
    name: 'PgBouncer paused',
    withoutPostgres: allInstances(cluster),
    inject: async () => bouncer.pause(),
    heal: async () => bouncer.resume(),
  });
  return [killed, paused];
}
