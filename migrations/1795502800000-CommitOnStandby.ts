import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Settings that confirm a commit before it is safe: on no disk, on this one alone, or in a standby's memory. */
const WEAKER = `('off', 'local', 'remote_write')`;

export class CommitOnStandby1795502800000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // P6, P2: what was answered survives a fail-over too. `on` waits for a standby's disk where
    // `synchronous_standby_names` asks for one; `remote_apply` is more and stays.
    await defineCommitDurably(runner, `IN ${WEAKER}`);
    // Credentials and roles as well: an operator is told when a role that was taken away no longer holds.
    await runner.query(`
      CREATE TRIGGER users_commit_durably AFTER INSERT OR UPDATE OF password_hash, status, roles ON users
        FOR EACH STATEMENT EXECUTE FUNCTION sessions_commit_durably()`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TRIGGER users_commit_durably ON users');
    await defineCommitDurably(runner, `= 'off'`);
  }
}

async function defineCommitDurably(runner: QueryRunner, isTooWeak: string): Promise<void> {
  await runner.query(`
    CREATE OR REPLACE FUNCTION sessions_commit_durably() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF current_setting('synchronous_commit') ${isTooWeak} THEN
          PERFORM set_config('synchronous_commit', 'on', true);
        END IF;
        RETURN NULL;
      END $$`);
}
