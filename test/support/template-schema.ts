import { runMigrations } from '../../src/database/migrations.js';

/** Applies every migration to the template database, which is copied for every test. */
export async function migrateTemplate(url: string): Promise<void> {
  await runMigrations(url);
}
