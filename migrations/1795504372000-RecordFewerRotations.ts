import type { MigrationInterface, QueryRunner } from 'typeorm';

export class RecordFewerRotations1795504372000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // A session rotates every few minutes, for months. Each rotation is counted in its row; recorded are the first one of a
    // day, and those that come from elsewhere.
    await replaceFunction(
      runner,
      ` AND (
          OLD.rotated_at IS NULL
          OR NEW.rotated_at >= date_trunc('day', OLD.rotated_at, 'UTC') + interval '1 day'
          OR (NEW.rotated_address, NEW.rotated_client) IS DISTINCT FROM (OLD.rotated_address, OLD.rotated_client))`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await replaceFunction(runner, '');
  }
}

/** @param isRecorded SQL: more about the rotations that are recorded */
async function replaceFunction(runner: QueryRunner, isRecorded: string): Promise<void> {
  const [{ schema }] = await runner.query(
    `SELECT relnamespace::regnamespace::text AS schema FROM pg_class WHERE oid = 'sessions'::regclass`,
  );
  await runner.query(`
      CREATE OR REPLACE FUNCTION sessions_record_event() RETURNS trigger LANGUAGE plpgsql
      SET search_path = ${schema}, pg_temp AS $$
      BEGIN
        IF TG_OP = 'INSERT' THEN
          INSERT INTO session_events (session_id, kind, detail)
          VALUES (NEW.id, 'opened', jsonb_build_object('device_id', NEW.device_id, 'address', host(NEW.address)));
        ELSIF NEW.status <> OLD.status THEN
          INSERT INTO session_events (session_id, at, kind, detail)
          VALUES (NEW.id, NEW.ended_at, 'ended',
                  jsonb_build_object('status', NEW.status, 'reason', NEW.ended_reason, 'by', NEW.ended_by));
        ELSIF NEW.refresh_generation <> OLD.refresh_generation${isRecorded} THEN
          INSERT INTO session_events (session_id, kind, detail)
          VALUES (NEW.id, 'rotated',
                  jsonb_build_object('generation', NEW.refresh_generation, 'address', host(NEW.address)));
        END IF;
        RETURN NULL;
      END $$`);
}
