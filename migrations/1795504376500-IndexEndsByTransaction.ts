import type { MigrationInterface, QueryRunner } from 'typeorm';

const INDEXES = [
  { name: 'sessions_ended_xid_idx', on: 'sessions (ended_xid, id) WHERE ended_xid IS NOT NULL' },
  {
    name: 'users_roles_changed_xid_idx',
    on: 'users (roles_changed_xid, id) WHERE roles_changed_xid IS NOT NULL',
  },
];

export class IndexEndsByTransaction1795504376500 implements MigrationInterface {
  /** An index cannot be built CONCURRENTLY inside a transaction. */
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    for (const { name, on } of INDEXES) {
      // An interrupted attempt leaves an invalid index, which would prevent a new one.
      await runner.query(`DROP INDEX CONCURRENTLY IF EXISTS ${name}`);
      await runner.query(`CREATE INDEX CONCURRENTLY ${name} ON ${on}`);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const { name } of INDEXES) await runner.query(`DROP INDEX CONCURRENTLY IF EXISTS ${name}`);
  }
}
