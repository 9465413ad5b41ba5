import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateAccountLinks1795503320000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE account_links (
        id uuid NOT NULL,
        user_id uuid NOT NULL,
        purpose text NOT NULL,
        session_id uuid,
        device_id uuid,
        created_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz NOT NULL,
        used_at timestamptz,
        CONSTRAINT account_links_pkey PRIMARY KEY (id),
        CONSTRAINT account_links_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
        CONSTRAINT account_links_purpose_check
          CHECK (purpose IN ('confirm_email', 'reset_password', 'disown'))
      )`);
    await runner.query('CREATE INDEX account_links_user_id_idx ON account_links (user_id)');
    await runner.query('CREATE INDEX account_links_expires_at_idx ON account_links (expires_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE account_links');
  }
}
