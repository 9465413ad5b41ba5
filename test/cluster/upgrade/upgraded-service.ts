import { join } from 'node:path';
import { Pool } from 'pg';
import { PostgresServer } from '../../support/postgres-server.js';
import { RedisServer } from '../../support/redis-server.js';
import { COMMAND, MAIN, runProgram } from '../../support/run-program.js';
import { serviceEnv } from '../../support/service-env.js';
import { ServiceProcess } from '../../support/service-process.js';
import { waitUntil } from '../../support/wait-until.js';
import type { BaseVersion } from './base-version.js';

const PATIENCE = { timeoutMs: 120_000, everyMs: 100 };

/** Several instances that a load balancer knows by their places, each of the base version until it is replaced. */
export class UpgradedService {
  readonly guarded = [];
  readonly nodes: { readonly index: number }[] = [];
  private readonly processes: ServiceProcess[] = [];
  private readonly pool: Pool;

  private constructor(
    private readonly postgres: PostgresServer,
    private readonly redis: RedisServer,
    private readonly env: Record<string, string>,
  ) {
    this.pool = new Pool({ connectionString: postgres.url });
    this.pool.on('error', () => {});
  }

  /** Starts the base version with its own schema. */
  static async start(base: BaseVersion, instances: number): Promise<UpgradedService> {
    const [postgres, redis] = await Promise.all([
      PostgresServer.start({ durable: true }),
      RedisServer.start({ snapshot: true }),
    ]);
    const env = serviceEnv(postgres.url, {
      REDIS_URL: redis.url,
      PASSWORD_HASH_MEMORY_KIB: '8',
      PASSWORD_HASH_QUEUE: '1000',
      LOGIN_ATTEMPTS_PER_ACCOUNT: '1000000',
      REFRESH_GRACE: '300s',
      // As in production, so that a place is empty only while nothing is sent to it.
      SHUTDOWN_DELAY: '2s',
    });
    const service = new UpgradedService(postgres, redis, env);
    await service.migrate(join(base.directory, COMMAND));
    for (let index = 0; index < instances; index++) {
      service.nodes.push({ index });
      service.processes.push(await ServiceProcess.startBuilt(join(base.directory, MAIN), env));
    }
    for (const it of service.processes) await isTrusted(it);
    return service;
  }

  /** Applies the migrations of this version. @returns what the command prints */
  async migrate(command = COMMAND): Promise<string> {
    const { code, stdout, stderr } = await runProgram(command, ['migrate', 'run'], this.env);
    if (code !== 0) throw new Error(`the migrations failed: ${stderr}`);
    return stdout;
  }

  /** Replaces one instance by this version: the new one is ready before the old one stops. */
  async replace(index: number): Promise<void> {
    const next = await ServiceProcess.start(this.env);
    await isTrusted(next);
    const former = this.processes[index];
    this.processes[index] = next;
    const code = await former?.stop();
    if (code !== 0) throw new Error(`the former instance ended with ${code}:\n${former?.log}`);
  }

  urlOf(index: number): string | undefined {
    return this.processes[index]?.url;
  }

  nameOf(): undefined {
    return undefined;
  }

  async sql<T extends object>(
    statement: string,
    parameters: unknown[] = [],
    timeoutMs?: number,
  ): Promise<T[]> {
    const query = { text: statement, values: parameters, query_timeout: timeoutMs };
    return (await this.pool.query<T>(query)).rows;
  }

  async stop(): Promise<void> {
    await Promise.all(this.processes.map((it) => it.stop()));
    await this.pool.end();
    await Promise.all([this.postgres.dispose(), this.redis.dispose()]);
  }
}

/** It is ready, and answers from its caches. */
async function isTrusted({ api }: ServiceProcess): Promise<void> {
  await waitUntil(
    'the instance is ready',
    async () => {
      const { body } = await api.call('GET', '/health/ready');
      return body.status === 'ready' && body.caches_trusted;
    },
    PATIENCE,
  );
}
