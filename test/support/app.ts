import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DynamicModule, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DataSource } from 'typeorm';
import { AppModule } from '../../src/app.module.js';
import { createHttpAdapter, setUpApp } from '../../src/app.setup.js';
import { Api } from './api.js';
import { createTestDatabase, type TestDatabase } from './database.js';
import { CHEAP_HASHES, testConfig } from './test-config.js';

/** The whole service in this process, listening on its own port. */
export interface RunningApp {
  readonly url: string;
  readonly api: Api;
  readonly app: NestFastifyApplication;
  readonly database: Pick<TestDatabase, 'url'>;
  /** Runs one SQL statement, bypassing the service, as an operator does in psql. */
  sql(statement: string, parameters?: unknown[]): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

export interface AppOptions {
  /** An existing database with every migration applied. It is kept when the service stops. */
  readonly database?: Pick<TestDatabase, 'url'>;
  /** A test module, loaded next to those of the service. */
  readonly beside?: Type;
}

/**
 * Starts the service on a fresh database. Only one at a time per process, because passport keeps its strategies in a
 * global; tests that need several instances start them as processes (`service-process.ts`).
 *
 * @param env environment variables, added to the defaults; `REDIS_URL: process.env.TEST_REDIS_URL` for a shared cache
 */
export async function startApp(
  env: Record<string, string | undefined> = {},
  { database: given, beside }: AppOptions = {},
): Promise<RunningApp> {
  const made = given ? null : await createTestDatabase();
  const database = given ?? (made as TestDatabase);
  // Mails are written here if no mail server is configured.
  const dataDir = join(process.env.TEST_DATA_DIR ?? tmpdir(), randomUUID());
  try {
    const config = testConfig(database.url, {
      LOG_LEVEL: 'silent',
      LATCHKEY_DATA_DIR: dataDir,
      ...CHEAP_HASHES,
      REDIS_KEY_PREFIX: `test-${randomUUID()}`,
      ...env,
    });
    const service = AppModule.forRoot(config);
    const app = await NestFactory.create<NestFastifyApplication>(
      beside ? together(service, beside) : service,
      createHttpAdapter(config),
      { logger: false, abortOnError: false },
    );
    await setUpApp(app);
    await app.listen(0, '127.0.0.1');
    const url = await app.getUrl();
    const sql = (statement: string, parameters?: unknown[]) =>
      app.get(DataSource).query<Record<string, unknown>[]>(statement, parameters);
    const close = async () => {
      await app.close();
      await made?.drop();
    };
    return { url, api: new Api(url), app, database, sql, close };
  } catch (error) {
    await made?.drop();
    throw error;
  }
}

function together(service: DynamicModule, beside: Type): DynamicModule {
  return { ...service, imports: [...(service.imports ?? []), beside] };
}
