import { randomBytes } from 'node:crypto';
import { createClient } from '@redis/client';
import { runMigrations } from '../../src/database/migrations.js';
import { PostgresServer } from '../../test/support/postgres-server.js';
import { RedisServer } from '../../test/support/redis-server.js';
import { query } from './query.js';

/** The Postgres and Redis servers of a run. */
export interface Stores {
  readonly redisUrl: string;
  readonly postgresVersion: string;
  readonly redisVersion: string;
  /** Creates an empty database. @returns its URL */
  createDatabase(): Promise<string>;
  /** Creates a database with the service's schema. @returns its URL */
  createServiceDatabase(): Promise<string>;
  release(): Promise<void>;
}

/** Stores that no other part of the run uses, so they can be killed. */
export interface PrivateStores extends Stores {
  readonly postgres: PostgresServer;
  readonly redis: RedisServer;
}

/** The servers of `TEST_DATABASE_URL` and `TEST_REDIS_URL` if set; otherwise starts private ones. */
export async function openStores(): Promise<Stores> {
  const { TEST_DATABASE_URL, TEST_REDIS_URL } = process.env;
  const postgres = TEST_DATABASE_URL ? null : await PostgresServer.start({ durable: true });
  const redis = TEST_REDIS_URL ? null : await RedisServer.start();
  return describeStores(postgres?.url ?? TEST_DATABASE_URL ?? '', redis?.url ?? TEST_REDIS_URL ?? '', [
    postgres,
    redis,
  ]);
}

/** Starts new servers. Postgres commits durably. */
export async function openPrivateStores(): Promise<PrivateStores> {
  const [postgres, redis] = await Promise.all([PostgresServer.start({ durable: true }), RedisServer.start()]);
  return { postgres, redis, ...(await describeStores(postgres.url, redis.url, [postgres, redis])) };
}

async function describeStores(
  server: string,
  redisUrl: string,
  own: readonly ({ dispose(): Promise<void> } | null)[],
): Promise<Stores> {
  const created: string[] = [];
  const createDatabase = async () => {
    const name = `latchkey_bench_${randomBytes(5).toString('hex')}`;
    await query(server, `CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8'`);
    created.push(name);
    return Object.assign(new URL(server), { pathname: `/${name}` }).href;
  };
  return {
    redisUrl,
    postgresVersion:
      String((await query<Record<string, unknown>>(server, 'SHOW server_version'))[0]?.server_version).split(
        ' ',
      )[0] ?? '',
    redisVersion: await redisVersion(redisUrl),
    createDatabase,
    async createServiceDatabase() {
      const url = await createDatabase();
      await runMigrations(url);
      return url;
    },
    async release() {
      // The databases of a private server are removed with it.
      const [postgres] = own;
      if (!postgres)
        for (const name of created) await query(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      await Promise.all(own.map((it) => it?.dispose()));
    },
  };
}

async function redisVersion(url: string): Promise<string> {
  const client = createClient({ url });
  await client.connect();
  try {
    return /redis_version:(\S+)/.exec(await client.info('server'))?.[1] ?? '';
  } finally {
    await client.quit();
  }
}
