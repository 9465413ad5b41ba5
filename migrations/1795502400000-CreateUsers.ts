import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateUsers1795502400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE users (
        id uuid NOT NULL,
        email text NOT NULL,
        password_hash text NOT NULL,
        status text NOT NULL DEFAULT 'active',
        roles text[] NOT NULL DEFAULT '{}',
        roles_version integer NOT NULL DEFAULT 0,
        roles_changed_at timestamptz,
        roles_enforced_at timestamptz,
        created_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT users_pkey PRIMARY KEY (id),
        CONSTRAINT users_email_key UNIQUE (email),
        CONSTRAINT users_email_check CHECK (email = lower(email)),
        CONSTRAINT users_status_check CHECK (status IN ('active', 'disabled'))
      )`);

    // For reading the latest role changes, and the few that are not confirmed by every instance yet.
    await runner.query(`
      CREATE INDEX users_roles_changed_at_idx ON users (roles_changed_at) WHERE roles_changed_at IS NOT NULL`);
    await runner.query(`
      CREATE INDEX users_roles_unenforced_idx ON users (roles_changed_at)
        WHERE roles_changed_at IS NOT NULL AND roles_enforced_at IS NULL`);

    // A trigger, so that it also covers a role that is changed by hand.
    await runner.query(`
      CREATE FUNCTION users_stamp_roles() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        NEW.roles_version := OLD.roles_version + 1;
        NEW.roles_changed_at := clock_timestamp();
        NEW.roles_enforced_at := NULL;
        RETURN NEW;
      END $$`);
    await runner.query(`
      CREATE TRIGGER users_stamp_roles BEFORE UPDATE OF roles ON users
        FOR EACH ROW WHEN (OLD.roles IS DISTINCT FROM NEW.roles) EXECUTE FUNCTION users_stamp_roles()`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE users');
    await runner.query('DROP FUNCTION users_stamp_roles()');
  }
}
