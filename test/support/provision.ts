import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { provideChromium } from './chromium.js';
import { createTemplate, dropRun, TEMPLATE_VARIABLE } from './database.js';
import { PostgresServer } from './postgres-server.js';
import { RedisServer } from './redis-server.js';
import { migrateTemplate } from './template-schema.js';

export interface Provision {
  release(): Promise<void>;
}

/**
 * Provides Postgres and Redis for a test run: the servers that `TEST_DATABASE_URL` and `TEST_REDIS_URL` name, or
 * private ones, whose URLs it sets in these variables for the tests.
 */
export async function provision(): Promise<Provision> {
  const startedAt = performance.now();
  const servers: (PostgresServer | RedisServer)[] = [];
  // Services write files here, such as mails when no mail server is configured.
  const dataDir = mkdtempSync(join(tmpdir(), 'latchkey-run-'));
  process.env.TEST_DATA_DIR = dataDir;
  try {
    await Promise.all([
      (async () => {
        process.env.TEST_DATABASE_URL ||= await started(servers, PostgresServer.start());
      })(),
      (async () => {
        process.env.TEST_REDIS_URL ||= await started(servers, RedisServer.start());
      })(),
      provideChromium(),
    ]);
    const server = process.env.TEST_DATABASE_URL ?? '';
    const template = `latchkey_template_${randomBytes(5).toString('hex')}`;
    await createTemplate(server, template, migrateTemplate);
    process.env[TEMPLATE_VARIABLE] = template;
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    process.stderr.write(`Postgres and Redis are ready (${seconds} s)\n`);
    return {
      async release() {
        await dropRun(server, template);
        await disposeAll(servers);
        rmSync(dataDir, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await disposeAll(servers);
    rmSync(dataDir, { recursive: true, force: true });
    throw error;
  }
}

async function started<T extends PostgresServer | RedisServer>(
  servers: (PostgresServer | RedisServer)[],
  starting: Promise<T>,
): Promise<string> {
  const server = await starting;
  servers.push(server);
  return server.url;
}

async function disposeAll(servers: (PostgresServer | RedisServer)[]): Promise<void> {
  await Promise.all(servers.map((server) => server.dispose()));
}
