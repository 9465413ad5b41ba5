import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { InstanceLock, SecondInstance } from '../../../src/database/instance-lock.js';
import { MIGRATIONS } from '../../../src/database/migration-list.js';
import { revertMigration, runMigrations } from '../../../src/database/migrations.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { waitUntil } from '../../support/wait-until.js';

const IDLE_MS = 200;

describe('a database that closes idle sessions', () => {
  let database: TestDatabase;
  let postgres: Client;

  beforeAll(async () => {
    database = await createTestDatabase();
    postgres = new Client({ connectionString: database.url });
    await postgres.connect();
    await postgres.query(`ALTER DATABASE "${database.name}" SET idle_session_timeout = ${IDLE_MS}`);
  });
  afterAll(async () => {
    await postgres?.end();
    await database?.drop();
  });

  it('keeps the lock of the only instance without Redis', async () => {
    const held = new InstanceLock(database.url, false, () => {});
    const second = new InstanceLock(database.url, false, () => {});
    await held.acquire();
    try {
      const holders = async () =>
        (
          await postgres.query(
            `SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted
             AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
          )
        ).rows;
      const before = await holders();
      await sleep(5 * IDLE_MS);
      expect(await holders()).toEqual(before);
      await expect(second.acquire()).rejects.toThrow(SecondInstance);
    } finally {
      await held.release();
    }
  });

  it('keeps the lock and the connection of a migration that waits for a table', async () => {
    const newest = await revertMigration(database.url);
    expect(newest).toBe(MIGRATIONS.at(-1)?.name);
    await postgres.query('BEGIN; LOCK TABLE schema_migrations IN SHARE MODE');
    let isWaiting = false;
    const applied = runMigrations(database.url, () => {
      isWaiting = true;
    });
    await waitUntil('the migration waits', () => isWaiting);
    await sleep(5 * IDLE_MS);
    await postgres.query('COMMIT');
    expect(await applied).toEqual([newest]);
  });
});
