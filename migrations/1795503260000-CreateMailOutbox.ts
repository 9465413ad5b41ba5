import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateMailOutbox1795503260000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE mail_outbox (
        id uuid NOT NULL,
        kind text NOT NULL,
        user_id uuid,
        facts jsonb NOT NULL DEFAULT '{}',
        created_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz NOT NULL,
        attempts integer NOT NULL DEFAULT 0,
        next_attempt_at timestamptz NOT NULL DEFAULT now(),
        failed_at timestamptz,
        last_error text,
        CONSTRAINT mail_outbox_pkey PRIMARY KEY (id),
        CONSTRAINT mail_outbox_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
      )`);
    await runner.query(`
      CREATE INDEX mail_outbox_due_idx ON mail_outbox (next_attempt_at) WHERE failed_at IS NULL`);
    await runner.query(`
      CREATE INDEX mail_outbox_failed_at_idx ON mail_outbox (failed_at) WHERE failed_at IS NOT NULL`);
    await runner.query('CREATE INDEX mail_outbox_user_id_idx ON mail_outbox (user_id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE mail_outbox');
  }
}
