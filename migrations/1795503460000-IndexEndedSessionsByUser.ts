import type { MigrationInterface, QueryRunner } from 'typeorm';

export class IndexEndedSessionsByUser1795503460000 implements MigrationInterface {
  /** An index cannot be built CONCURRENTLY inside a transaction. */
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    // An interrupted attempt leaves an invalid index, which would prevent a new one.
    await runner.query('DROP INDEX IF EXISTS sessions_ended_by_user_idx');
    await runner.query(`
      CREATE INDEX CONCURRENTLY sessions_ended_by_user_idx ON sessions (user_id, ended_at) WHERE status <> 'active'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX sessions_ended_by_user_idx');
  }
}
