import type { MigrationInterface, QueryRunner } from 'typeorm';

export class IndexEventsAndLinksByKind1795503700000 implements MigrationInterface {
  /** An index cannot be built CONCURRENTLY inside a transaction. */
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    // An interrupted attempt leaves an invalid index, which would prevent a new one.
    await runner.query('DROP INDEX IF EXISTS security_events_user_id_kind_idx');
    await runner.query(`
      CREATE INDEX CONCURRENTLY security_events_user_id_kind_idx ON security_events (user_id, kind, at, id)`);
    await runner.query('DROP INDEX IF EXISTS account_links_user_id_purpose_idx');
    await runner.query(`
      CREATE INDEX CONCURRENTLY account_links_user_id_purpose_idx ON account_links (user_id, purpose, created_at, id)`);
    // The new index starts with the same column.
    await runner.query('DROP INDEX IF EXISTS account_links_user_id_idx');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX security_events_user_id_kind_idx');
    // TypeORM reverts in a transaction.
    await runner.query('CREATE INDEX account_links_user_id_idx ON account_links (user_id)');
    await runner.query('DROP INDEX account_links_user_id_purpose_idx');
  }
}
