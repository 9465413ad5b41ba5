import type { MigrationInterface, QueryRunner } from 'typeorm';

export class IndexLiveSessions1795504120000 implements MigrationInterface {
  /** An index cannot be built CONCURRENTLY inside a transaction. */
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    // An interrupted attempt leaves an invalid index, which would prevent a new one.
    await runner.query('DROP INDEX IF EXISTS sessions_live_idx');
    // By epoch, so that a query for the live sessions skips those that are over and not closed yet.
    await runner.query(`
      CREATE INDEX CONCURRENTLY sessions_live_idx ON sessions (user_id, epoch, device_id) WHERE status = 'active'`);
    await runner.query('DROP INDEX CONCURRENTLY IF EXISTS sessions_active_idx');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX IF EXISTS sessions_active_idx');
    await runner.query(`
      CREATE INDEX sessions_active_idx ON sessions (user_id, device_id) WHERE status = 'active'`);
    await runner.query('DROP INDEX sessions_live_idx');
  }
}
