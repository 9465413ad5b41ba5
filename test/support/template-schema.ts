import { runMigrations } from '../../src/database/migrations.js';

/** Brings the template database, which every test database is a copy of, to the newest schema. */
export async function migrateTemplate(url: string): Promise<void> {
  await runMigrations(url);
}
