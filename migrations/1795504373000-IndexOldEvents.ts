import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Each with the definition of the index and of the one that it replaces. */
const INDEXES = [
  {
    name: 'session_events_rotated_at_idx',
    on: `session_events (at) WHERE kind = 'rotated'`,
    replaces: { name: 'session_events_at_idx', on: 'session_events USING brin (at)' },
  },
  {
    name: 'security_events_removal_idx',
    on: 'security_events (at)',
    replaces: { name: 'security_events_at_idx', on: 'security_events USING brin (at)' },
  },
];

/**
 * The sweepers remove the oldest rows. Postgres then writes new rows into the space of old ones, so a BRIN index finds
 * most pages of the table for any time.
 */
export class IndexOldEvents1795504373000 implements MigrationInterface {
  /** An index cannot be built CONCURRENTLY inside a transaction. */
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    for (const { name, on, replaces } of INDEXES) await replace(runner, replaces.name, { name, on });
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const { name, replaces } of INDEXES) await replace(runner, name, replaces);
  }
}

async function replace(
  runner: QueryRunner,
  old: string,
  { name, on }: { name: string; on: string },
): Promise<void> {
  // An interrupted attempt leaves an invalid index, which would prevent a new one.
  await runner.query(`DROP INDEX CONCURRENTLY IF EXISTS ${name}`);
  await runner.query(`CREATE INDEX CONCURRENTLY ${name} ON ${on}`);
  await runner.query(`DROP INDEX CONCURRENTLY IF EXISTS ${old}`);
}
