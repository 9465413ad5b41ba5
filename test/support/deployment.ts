import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../../src/database/data-source.js';
import { createTestDatabase, type TestDatabase } from './database.js';
import { ServiceProcess } from './service-process.js';
import { CHEAP_HASHES } from './test-config.js';

/** Several instances of one service, with a shared database, Redis and secret. */
export class Deployment {
  private readonly instances: ServiceProcess[] = [];

  private constructor(
    private readonly database: TestDatabase,
    private readonly dataSource: DataSource,
    private readonly dataDir: string,
    private readonly env: Record<string, string>,
  ) {}

  static async create(env: Record<string, string> = {}): Promise<Deployment> {
    const database = await createTestDatabase();
    const dataDir = mkdtempSync(join(tmpdir(), 'latchkey-deployment-'));
    const dataSource = await new DataSource(dataSourceOptions(database.url, 2)).initialize();
    return new Deployment(database, dataSource, dataDir, {
      LOG_LEVEL: 'warn',
      ...CHEAP_HASHES,
      DATABASE_URL: database.url,
      REDIS_URL: process.env.TEST_REDIS_URL ?? '',
      REDIS_KEY_PREFIX: `test-${randomUUID()}`,
      LATCHKEY_SECRET: randomUUID() + randomUUID(),
      LATCHKEY_ISSUER: 'https://id.example.com',
      LATCHKEY_DATA_DIR: dataDir,
      ...env,
    });
  }

  /** Starts another instance and waits until it listens. */
  async start(): Promise<ServiceProcess> {
    const instance = await ServiceProcess.start(this.env);
    this.instances.push(instance);
    return instance;
  }

  /** Runs one SQL statement, bypassing the service. */
  sql(statement: string, parameters?: unknown[]): Promise<Record<string, unknown>[]> {
    return this.dataSource.query(statement, parameters);
  }

  async close(): Promise<void> {
    for (const instance of this.instances) instance.kill();
    await Promise.all(this.instances.map((instance) => instance.exit()));
    await this.dataSource.destroy();
    await this.database.drop();
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}
