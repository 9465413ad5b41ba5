import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateDevices1795502460000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE devices (
        id uuid NOT NULL,
        user_id uuid NOT NULL,
        token_hash bytea NOT NULL,
        name text NOT NULL,
        kind text NOT NULL,
        browser text,
        system text,
        address inet,
        first_seen_at timestamptz NOT NULL DEFAULT now(),
        last_seen_at timestamptz NOT NULL DEFAULT now(),
        terminated_at timestamptz,
        CONSTRAINT devices_pkey PRIMARY KEY (id),
        CONSTRAINT devices_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
        CONSTRAINT devices_kind_check CHECK (kind IN ('desktop', 'mobile', 'tablet', 'tv', 'other')),
        CONSTRAINT devices_user_id_token_hash_key UNIQUE (user_id, token_hash)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE devices');
  }
}
