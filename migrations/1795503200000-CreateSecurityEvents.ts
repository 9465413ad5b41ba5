import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateSecurityEvents1795503200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // No check on `kind`: during an upgrade, instances of two releases write side by side. No foreign keys to sessions
    // and devices: events are kept longer than their rows.
    await runner.query(`
      CREATE TABLE security_events (
        id uuid NOT NULL,
        user_id uuid NOT NULL,
        session_id uuid,
        device_id uuid,
        kind text NOT NULL,
        at timestamptz NOT NULL DEFAULT clock_timestamp(),
        address inet,
        place text,
        detail jsonb NOT NULL DEFAULT '{}',
        CONSTRAINT security_events_pkey PRIMARY KEY (id),
        CONSTRAINT security_events_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
      )`);
    await runner.query('CREATE INDEX security_events_user_id_at_idx ON security_events (user_id, at, id)');
    // Rows are inserted in the order of `at`, so a tiny BRIN index finds the old ones.
    await runner.query('CREATE INDEX security_events_at_idx ON security_events USING brin (at)');
    await runner.query(`
      CREATE FUNCTION security_events_keep() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'security events are append-only' USING ERRCODE = 'check_violation';
      END $$`);
    await runner.query(`
      CREATE TRIGGER security_events_keep BEFORE UPDATE ON security_events
        FOR EACH ROW EXECUTE FUNCTION security_events_keep()`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE security_events');
    await runner.query('DROP FUNCTION security_events_keep()');
  }
}
