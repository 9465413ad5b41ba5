import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The triggers whose functions use tables of the service. */
const TRIGGERS = ['sessions_record_change', 'sessions_set_epoch', 'sessions_guard_epoch'];

export class NameSchemaInTriggers1795504300000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // A change by hand, or a restore, may have another search_path than the service: `UPDATE auth.sessions ...`.
    const [{ schema }] = await runner.query(
      `SELECT relnamespace::regnamespace::text AS schema FROM pg_class WHERE oid = 'sessions'::regclass`,
    );
    // pg_temp is searched first unless it is listed, so a temporary table could hide one of the service.
    for (const name of await functions(runner))
      await runner.query(`ALTER FUNCTION ${name} SET search_path = ${schema}, pg_temp`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const name of await functions(runner))
      await runner.query(`ALTER FUNCTION ${name} RESET search_path`);
  }
}

async function functions(runner: QueryRunner): Promise<string[]> {
  const rows: { name: string }[] = await runner.query(
    `SELECT tgfoid::regprocedure::text AS name FROM pg_trigger
     WHERE tgrelid = 'sessions'::regclass AND tgname = ANY ($1)`,
    [TRIGGERS],
  );
  return rows.map(({ name }) => name);
}
