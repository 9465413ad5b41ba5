import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'pg';
import { runMigrations } from '../../../src/database/migrations.js';
import { PostgresServer } from '../../support/postgres-server.js';
import { RedisServer } from '../../support/redis-server.js';
import { serviceEnv } from '../../support/service-env.js';
import { waitUntil } from '../../support/wait-until.js';
import type { ClusterPostgres, Deployment } from './deployment.js';
import { GuardedServer, type GuardedServerKind } from './guarded-server.js';
import { Node } from './node.js';

export interface ClusterOptions {
  readonly instances: number;
  /** Modules that every instance loads before the service. */
  readonly before?: readonly string[];
  /** Environment variables of the service, added to the defaults of the cluster. */
  readonly env?: Readonly<Record<string, string>>;
  /** `REFRESH_GRACE` */
  readonly graceMs?: number;
  /** Servers of another cluster to share, with a separate database; they keep running when this cluster stops. */
  readonly servers?: { readonly redis: RedisServer; readonly postgres: ClusterPostgres };
  /** Replaces servers; stops with this cluster. */
  readonly deployment?: Deployment;
}

export interface GuardedServerOptions {
  /** The instances that the guard may connect to; all of them if left out. */
  readonly nodes?: readonly Node[];
  /** Modules that the server loads first. */
  readonly before?: readonly string[];
  /** Environment variables of the server, added to those of its guard. */
  readonly env?: Readonly<Record<string, string>>;
}

let made = 0;
const GUARD = {
  LATCHKEY_CLIENT_ID: 'guarded-servers',
  LATCHKEY_CLIENT_SECRET: 'a secret of the guarded servers, long enough',
};
/** A request that a paused server executes late presents a token whose successor may have been used since. */
const GRACE_MS = 300_000;
/** The number of the first guarded server. */
const GUARDED_FROM = 100;
const RECOVERY_TIMEOUT_MS = 120_000;
const SQL_TIMEOUT_MS = 5_000;

/** Several instances of one service, with private Postgres and Redis servers behind proxies that tests can break. */
export class Cluster {
  readonly nodes: Node[] = [];
  /** Resource servers with a guard. */
  readonly guarded: GuardedServer[] = [];

  private constructor(
    readonly postgres: ClusterPostgres,
    private server: RedisServer | null,
    readonly deployment: Deployment | null,
    private readonly env: Record<string, string>,
    /** Connects directly to Postgres, bypassing the proxies. */
    private readonly pool: Pool,
    private readonly ownsServers: boolean,
    readonly directory: string,
    readonly graceMs: number,
  ) {}

  static async start({
    instances,
    before = [],
    env: own = {},
    graceMs = GRACE_MS,
    servers,
    deployment,
  }: ClusterOptions): Promise<Cluster> {
    const needsRedis = deployment?.env.REDIS_URL === undefined;
    const [postgres, redis] = servers
      ? [servers.postgres, servers.redis]
      : await Promise.all([
          deployment?.postgres ?? PostgresServer.start({ durable: true }),
          needsRedis ? RedisServer.start({ snapshot: true }) : null,
        ]);
    const database = await createDatabase(postgres);
    const pool = new Pool({
      connectionString: database,
      connectionTimeoutMillis: 5_000,
      query_timeout: SQL_TIMEOUT_MS,
    });
    // Some faults kill Postgres, which breaks idle connections.
    pool.on('error', () => {});
    const env = serviceEnv(database, {
      ...(redis ? { REDIS_URL: redis.url } : {}),
      PASSWORD_HASH_MEMORY_KIB: '8',
      PASSWORD_HASH_PASSES: '1',
      PASSWORD_HASH_QUEUE: '1000',
      LOGIN_ATTEMPTS_PER_ACCOUNT: '1000000',
      LOGIN_ATTEMPTS_PER_ADDRESS: '1000000',
      REFRESH_GRACE: `${graceMs}ms`,
      LATCHKEY_CLIENTS: JSON.stringify([clientOfGuards()]),
      LOG_LEVEL: 'error',
      ...deployment?.env,
      ...own,
    });
    const directory = await mkdtemp(join(tmpdir(), 'latchkey-torture-'));
    const cluster = new Cluster(
      ...([postgres, redis, deployment ?? null, env, pool, !servers, directory, graceMs] as const),
    );
    // One by one: the first instance creates the signing key, and the others need not wait for its lock.
    for (let count = 0; count < instances; count++) await cluster.join(before);
    return cluster;
  }

  /** Starts another instance. Guarded servers that are running do not connect to it. */
  async join(before: readonly string[] = []): Promise<Node> {
    const node = await this.prepare(before);
    await node.start();
    return node;
  }

  /** Another instance, which the caller starts. */
  async prepare(before: readonly string[]): Promise<Node> {
    const { postgres, server: redis, env } = this;
    const node = await Node.prepare(this.nodes.length, { redis, postgres }, env, before);
    this.nodes.push(node);
    return node;
  }

  /** Starts a guarded server; `ready` says whether it has a lease yet. */
  async guard(
    kind: GuardedServerKind,
    { nodes = this.nodes, before = [], env = {} }: GuardedServerOptions = {},
  ): Promise<GuardedServer> {
    const issuer = this.env.LATCHKEY_ISSUER ?? '';
    const own = { ...GUARD, LATCHKEY_ISSUER: issuer, LATCHKEY_AUDIENCE: issuer, ...env };
    const index = GUARDED_FROM + this.guarded.length;
    const server = await GuardedServer.prepare(index, kind, nodes, own, before);
    this.guarded.push(server);
    await server.start();
    return server;
  }

  /** Where clients reach an instance or a guarded server. */
  urlOf(index: number): string | undefined {
    return (index < GUARDED_FROM ? this.nodes[index] : this.guarded[index - GUARDED_FROM])?.url;
  }

  /** The name of a guarded server; `undefined` for an instance. */
  nameOf(index: number): string | undefined {
    return this.guarded[index - GUARDED_FROM]?.kind.name;
  }

  get prefix(): string {
    return this.env.REDIS_KEY_PREFIX ?? '';
  }

  /** Locks the row of a session, as a long transaction does. @returns what releases it */
  async holdSession(id: string): Promise<() => Promise<void>> {
    const client = await this.pool.connect();
    await client.query('BEGIN');
    await client.query('SELECT FROM sessions WHERE id = $1 FOR UPDATE', [id]);
    return async () => {
      await client.query('ROLLBACK');
      client.release();
    };
  }

  /** The current single Redis server; `switchTo` replaces it. */
  get redis(): RedisServer {
    if (!this.server) throw new Error('this deployment has no single Redis');
    return this.server;
  }

  async sql<T extends object>(
    statement: string,
    parameters: unknown[] = [],
    timeoutMs = SQL_TIMEOUT_MS,
  ): Promise<T[]> {
    const query = { text: statement, values: parameters, query_timeout: timeoutMs };
    return (await this.pool.query<T>(query)).rows;
  }

  /** Permanently redirects every instance to another Redis. The old one must have been killed before. */
  async switchTo(server: RedisServer): Promise<void> {
    const old = this.redis;
    this.server = server;
    for (const node of this.nodes) node.redis.retarget(server);
    await old.dispose();
  }

  /** Saves a copy of the current snapshot file, to restore later with `startRedis`. */
  async keepSnapshot(): Promise<string> {
    await this.redis.send('SAVE', 10_000);
    const kept = join(this.directory, 'kept.rdb');
    await copyFile(this.redis.snapshotFile, kept);
    return kept;
  }

  /** Starts the killed Redis again, with this snapshot or empty. */
  async startRedis(snapshot: string | null): Promise<void> {
    await rm(this.redis.snapshotFile, { force: true });
    if (snapshot !== null) await copyFile(snapshot, this.redis.snapshotFile);
    await this.redis.start();
    // A promoted replica still has `--replicaof` on its command line and would start read-only.
    await this.redis.send('REPLICAOF NO ONE', 10_000);
  }

  /** Waits until every instance is ready and trusts its caches. */
  async recovered(): Promise<void> {
    for (const { index, url } of this.nodes) {
      await waitUntil(`instance ${index} is ready again`, () => isRecovered(url), {
        timeoutMs: RECOVERY_TIMEOUT_MS,
        everyMs: 200,
      });
    }
  }

  async stop(): Promise<void> {
    await Promise.all([...this.guarded, ...this.nodes].map((server) => server.dispose()));
    await this.pool.end();
    await rm(this.directory, { recursive: true, force: true });
    if (this.ownsServers) await Promise.all([this.server?.dispose(), this.postgres.dispose()]);
    await this.deployment?.dispose();
  }
}

function clientOfGuards() {
  return {
    client_id: GUARD.LATCHKEY_CLIENT_ID,
    client_secrets: [GUARD.LATCHKEY_CLIENT_SECRET],
    permissions: ['guard'],
  };
}

async function createDatabase(postgres: ClusterPostgres): Promise<string> {
  made += 1;
  const name = `latchkey_${made}`;
  const admin = new Pool({ connectionString: postgres.url, max: 1 });
  await admin.query(`CREATE DATABASE ${name}`);
  await admin.end();
  const url = postgres.databaseUrl(name);
  await runMigrations(url);
  return url;
}

export async function isRecovered(url: string): Promise<boolean> {
  const response = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(3_000) });
  const readiness = (await response.json()) as { status: string; caches_trusted: boolean };
  if (readiness.status === 'ready' && readiness.caches_trusted) return true;
  throw new Error(`not ready: ${JSON.stringify(readiness)}`);
}
