import type { MigrationInterface, QueryRunner } from 'typeorm';

export class IndexSessionsByUser1795504371000 implements MigrationInterface {
  /** An index cannot be built CONCURRENTLY inside a transaction. */
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    // An interrupted attempt leaves an invalid index, which would prevent a new one.
    await runner.query('DROP INDEX IF EXISTS sessions_user_id_idx');
    // For all sessions of a user, live or ended: they are listed in pages, and deleted with their user.
    await runner.query('CREATE INDEX CONCURRENTLY sessions_user_id_idx ON sessions (user_id, id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX sessions_user_id_idx');
  }
}
