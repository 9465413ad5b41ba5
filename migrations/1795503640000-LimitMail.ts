import type { MigrationInterface, QueryRunner } from 'typeorm';

export class LimitMail1795503640000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // The defaults are those of rows that an instance of the previous release writes during an upgrade.
    await runner.query(`
      ALTER TABLE mail_outbox
        ADD COLUMN is_requested boolean NOT NULL DEFAULT false,
        ADD COLUMN turn integer NOT NULL DEFAULT 0,
        ADD COLUMN share text,
        ADD COLUMN merge_key text`);
    // Not CONCURRENTLY: the table contains only mails that wait or were given up.
    await runner.query('DROP INDEX mail_outbox_due_idx');
    await runner.query(`
      CREATE INDEX mail_outbox_turn_idx ON mail_outbox (is_requested, turn, next_attempt_at) WHERE failed_at IS NULL`);
    await runner.query(`
      CREATE INDEX mail_outbox_share_idx ON mail_outbox (share) WHERE failed_at IS NULL`);
    await runner.query(`
      CREATE UNIQUE INDEX mail_outbox_merge_idx ON mail_outbox (merge_key, kind)
        WHERE failed_at IS NULL AND (is_requested OR attempts = 0)`);
    await runner.query(`
      CREATE TABLE mail_notices (
        user_id uuid NOT NULL,
        window_started_at timestamptz NOT NULL,
        mailed text[] NOT NULL DEFAULT '{}',
        digest_due_at timestamptz,
        CONSTRAINT mail_notices_pkey PRIMARY KEY (user_id),
        CONSTRAINT mail_notices_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE mail_notices');
    await runner.query('DROP INDEX mail_outbox_turn_idx');
    await runner.query(`
      CREATE INDEX mail_outbox_due_idx ON mail_outbox (next_attempt_at) WHERE failed_at IS NULL`);
    // Also drops the other two indexes. The previous release cannot write a digest.
    await runner.query(`DELETE FROM mail_outbox WHERE kind = 'notice_digest'`);
    await runner.query(`
      ALTER TABLE mail_outbox
        DROP COLUMN is_requested, DROP COLUMN turn, DROP COLUMN share, DROP COLUMN merge_key`);
  }
}
