import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AnonymiseEndedSessions1795504370000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE OR REPLACE FUNCTION sessions_guard_end() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF OLD.status <> 'active' THEN
          -- One that moves to another user belonged to a deleted user, who may be named in ended_by.
          IF (NEW.status, NEW.ended_at, NEW.ended_reason) IS DISTINCT FROM (OLD.status, OLD.ended_at, OLD.ended_reason)
             OR (NEW.ended_by IS DISTINCT FROM OLD.ended_by AND NEW.user_id = OLD.user_id) THEN
            RAISE EXCEPTION 'session % has ended and stays as it ended', OLD.id USING ERRCODE = 'check_violation';
          END IF;
        ELSIF NEW.status <> 'active' THEN
          NEW.ended_at := clock_timestamp();
          NEW.ended_reason := coalesce(NEW.ended_reason, 'unspecified');
          NEW.ended_by := coalesce(NEW.ended_by, 'database:' || session_user);
        END IF;
        RETURN NEW;
      END $$`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE OR REPLACE FUNCTION sessions_guard_end() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF OLD.status <> 'active' THEN
          IF (NEW.status, NEW.ended_at, NEW.ended_reason, NEW.ended_by)
             IS DISTINCT FROM (OLD.status, OLD.ended_at, OLD.ended_reason, OLD.ended_by) THEN
            RAISE EXCEPTION 'session % has ended and stays as it ended', OLD.id USING ERRCODE = 'check_violation';
          END IF;
        ELSIF NEW.status <> 'active' THEN
          NEW.ended_at := clock_timestamp();
          NEW.ended_reason := coalesce(NEW.ended_reason, 'unspecified');
          NEW.ended_by := coalesce(NEW.ended_by, 'database:' || session_user);
        END IF;
        RETURN NEW;
      END $$`);
  }
}
