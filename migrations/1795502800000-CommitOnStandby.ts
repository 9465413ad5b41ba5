import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Settings that confirm a commit too early: not on disk, only on the local disk, or only in a standby's memory. */
const WEAKER = `('off', 'local', 'remote_write')`;

export class CommitOnStandby1795502800000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // P6, P2: a change also survives a failover once it is answered. `on` waits for a standby's disk if
    // `synchronous_standby_names` requires one. `remote_apply` is stronger and is not changed.
    await defineCommitDurably(runner, `IN ${WEAKER}`);
    // Credentials and roles too: the operator is notified when a revoked role is no longer accepted.
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
