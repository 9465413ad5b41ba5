import { randomUUID } from 'node:crypto';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from '../../src/app.module.js';
import { createHttpAdapter, setUpApp } from '../../src/app.setup.js';
import { Api } from './api.js';
import { createTestDatabase, type TestDatabase } from './database.js';
import { testConfig } from './test-config.js';

/** The whole service in this process, on a socket of its own. */
export interface RunningApp {
  readonly url: string;
  readonly api: Api;
  readonly app: NestFastifyApplication;
  readonly database: TestDatabase;
  close(): Promise<void>;
}

/**
 * Starts the service on a fresh database. One at a time in a process: passport keeps its strategies in a global.
 * What needs several instances starts them as processes (`service-process.ts`).
 *
 * @param env variables on top of the defaults; `REDIS_URL: process.env.TEST_REDIS_URL` for a shared cache
 */
export async function startApp(env: Record<string, string> = {}): Promise<RunningApp> {
  const database = await createTestDatabase();
  try {
    const config = testConfig(database.url, {
      LOG_LEVEL: 'silent',
      REDIS_KEY_PREFIX: `test-${randomUUID()}`,
      ...env,
    });
    const app = await NestFactory.create<NestFastifyApplication>(
      AppModule.forRoot(config),
      createHttpAdapter(config),
      { logger: false, abortOnError: false },
    );
    await setUpApp(app);
    await app.listen(0, '127.0.0.1');
    const url = await app.getUrl();
    const close = async () => {
      await app.close();
      await database.drop();
    };
    return { url, api: new Api(url), app, database, close };
  } catch (error) {
    await database.drop();
    throw error;
  }
}
