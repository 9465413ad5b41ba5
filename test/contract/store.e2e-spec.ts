import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dataSourceOptions, openDataSource } from '../../src/database/data-source.js';
import { startEmbeddedPostgres } from '../../src/database/embedded/embedded-postgres.js';
import { PostgresSessionStore } from '../../src/sessions/store/postgres-session-store.js';
import { createTestDatabase } from '../support/database.js';
import { sessionStoreContract } from './store-contract.js';

sessionStoreContract('Postgres', async () => {
  const database = await createTestDatabase();
  const dataSource = await openDataSource(dataSourceOptions(database.url, 4));
  return {
    store: new PostgresSessionStore(dataSource),
    dataSource,
    close: async () => {
      await dataSource.destroy();
      await database.drop();
    },
  };
});

sessionStoreContract('the embedded Postgres', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'latchkey-store-'));
  const database = await startEmbeddedPostgres(directory, () => {});
  const dataSource = await openDataSource(dataSourceOptions(database.url, 4));
  await dataSource.runMigrations({ transaction: 'each' });
  return {
    store: new PostgresSessionStore(dataSource),
    dataSource,
    close: async () => {
      await dataSource.destroy();
      await database.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
});
