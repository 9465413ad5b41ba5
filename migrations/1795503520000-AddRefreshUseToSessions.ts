import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddRefreshUseToSessions1795503520000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // The defaults are constant, so no row is rewritten. For rows that exist already it is not known whether their current
    // tokens have been used: `used_generation` stays null until their next rotation.
    await runner.query(`
      ALTER TABLE sessions
        ADD COLUMN used_generation integer,
        ADD COLUMN rotated_address inet,
        ADD COLUMN rotated_client text,
        ADD COLUMN repeat_clients text[] NOT NULL DEFAULT '{}'`);
    await runner.query('ALTER TABLE sessions ALTER COLUMN used_generation SET DEFAULT 0');
    await commitDurablyAfter(runner, 'status, refresh_generation, used_generation');
  }

  async down(runner: QueryRunner): Promise<void> {
    await commitDurablyAfter(runner, 'status, refresh_generation');
    await runner.query(`
      ALTER TABLE sessions
        DROP COLUMN used_generation, DROP COLUMN rotated_address, DROP COLUMN rotated_client,
        DROP COLUMN repeat_clients`);
  }
}

async function commitDurablyAfter(runner: QueryRunner, columns: string): Promise<void> {
  await runner.query('DROP TRIGGER sessions_commit_durably ON sessions');
  await runner.query(`
    CREATE TRIGGER sessions_commit_durably AFTER INSERT OR UPDATE OF ${columns} ON sessions
      FOR EACH STATEMENT EXECUTE FUNCTION sessions_commit_durably()`);
}
