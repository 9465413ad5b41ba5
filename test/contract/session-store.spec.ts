import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dataSourceOptions, openDataSource } from '../../src/database/data-source.js';
import { startEmbeddedPostgres } from '../../src/database/embedded/embedded-postgres.js';
import { PostgresTruth } from '../../src/sessions/store/postgres-session-store.js';
import { createTestDatabase } from '../support/database.js';
import { sessionStoreContract } from './session-store-contract.js';

sessionStoreContract('Postgres', async () => {
  const database = await createTestDatabase();
  const dataSource = await openDataSource(dataSourceOptions(database.url, 4));
  return {
    store: new PostgresTruth(dataSource),
    dataSource,
    close: async () => {
      await dataSource.destroy();
      await database.drop();
    },
  };
});

sessionStoreContract('the embedded Postgres', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'latchkey-truth-'));
  const database = await startEmbeddedPostgres(directory, () => {});
  const dataSource = await openDataSource(dataSourceOptions(database.url, 4));
  await dataSource.runMigrations({ transaction: 'each' });
  return {
    store: new PostgresTruth(dataSource),
    dataSource,
    close: async () => {
      await dataSource.destroy();
      await database.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
});
