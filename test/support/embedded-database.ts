import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '../../src/database/embedded/embedded-postgres.js';
import { runMigrations } from '../../src/database/migrations.js';

/** Starts the embedded development database in a temporary directory, with every migration applied. */
export async function startEmbeddedDatabase() {
  const directory = mkdtempSync(join(tmpdir(), 'latchkey-embedded-'));
  const { url, stop } = await startEmbeddedPostgres(directory, () => {});
  await runMigrations(url);
  const drop = async () => {
    await stop();
    rmSync(directory, { recursive: true, force: true });
  };
  return { url, drop };
}
