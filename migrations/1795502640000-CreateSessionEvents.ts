import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateSessionEvents1795502640000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // No foreign key: events are kept longer than the session's row.
    await runner.query(`
      CREATE TABLE session_events (
        id bigint GENERATED ALWAYS AS IDENTITY,
        session_id uuid NOT NULL,
        at timestamptz NOT NULL DEFAULT clock_timestamp(),
        kind text NOT NULL,
        detail jsonb NOT NULL DEFAULT '{}',
        CONSTRAINT session_events_pkey PRIMARY KEY (session_id, id),
        CONSTRAINT session_events_kind_check CHECK (kind IN ('opened', 'rotated', 'ended', 'enforced'))
      )`);
    // Rows are inserted in the order of `at`, so a tiny BRIN index finds the old ones.
    await runner.query('CREATE INDEX session_events_at_idx ON session_events USING brin (at)');

    // A trigger, so that events are written in the transaction of the change, even if it is made by hand.
    await runner.query(`
      CREATE FUNCTION sessions_record_event() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF TG_OP = 'INSERT' THEN
          INSERT INTO session_events (session_id, kind, detail)
          VALUES (NEW.id, 'opened', jsonb_build_object('device_id', NEW.device_id, 'address', host(NEW.address)));
        ELSIF NEW.status <> OLD.status THEN
          INSERT INTO session_events (session_id, at, kind, detail)
          VALUES (NEW.id, NEW.ended_at, 'ended',
                  jsonb_build_object('status', NEW.status, 'reason', NEW.ended_reason, 'by', NEW.ended_by));
        ELSIF NEW.refresh_generation <> OLD.refresh_generation THEN
          INSERT INTO session_events (session_id, kind, detail)
          VALUES (NEW.id, 'rotated',
                  jsonb_build_object('generation', NEW.refresh_generation, 'address', host(NEW.address)));
        END IF;
        RETURN NULL;
      END $$`);
    await runner.query(`
      CREATE TRIGGER sessions_record_opening AFTER INSERT ON sessions
        FOR EACH ROW EXECUTE FUNCTION sessions_record_event()`);
    await runner.query(`
      CREATE TRIGGER sessions_record_change AFTER UPDATE OF status, refresh_generation ON sessions
        FOR EACH ROW WHEN (OLD.status <> NEW.status OR OLD.refresh_generation <> NEW.refresh_generation)
        EXECUTE FUNCTION sessions_record_event()`);

    await runner.query(`
      CREATE FUNCTION session_events_keep() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'session events are append-only' USING ERRCODE = 'check_violation';
      END $$`);
    await runner.query(`
      CREATE TRIGGER session_events_keep BEFORE UPDATE ON session_events
        FOR EACH ROW EXECUTE FUNCTION session_events_keep()`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TRIGGER sessions_record_opening ON sessions');
    await runner.query('DROP TRIGGER sessions_record_change ON sessions');
    await runner.query('DROP FUNCTION sessions_record_event()');
    await runner.query('DROP TABLE session_events');
    await runner.query('DROP FUNCTION session_events_keep()');
  }
}
