import type { MigrationInterface, QueryRunner } from 'typeorm';

export class StampEndsWithTransaction1795504376000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // The transaction that ended a session, or changed what a user's tokens must have. Instances read ends in the order
    // of their commits: a time stamp is as old as the transaction is long, and a snapshot tells which transactions are
    // new. `bigint` instead of `xid8`, which TypeORM does not know.
    await runner.query('ALTER TABLE sessions ADD COLUMN ended_xid bigint');
    await runner.query('ALTER TABLE users ADD COLUMN roles_changed_xid bigint');
    await runner.query(guardEnd('NEW.ended_xid := pg_current_xact_id()::text::bigint;'));

    // After the triggers that set the time, whose names come before this one.
    await runner.query(`
      CREATE FUNCTION users_stamp_transaction() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        NEW.roles_changed_xid := pg_current_xact_id()::text::bigint;
        RETURN NEW;
      END $$`);
    await runner.query(`
      CREATE TRIGGER users_stamp_transaction BEFORE UPDATE ON users
        FOR EACH ROW WHEN (OLD.roles_changed_at IS DISTINCT FROM NEW.roles_changed_at)
        EXECUTE FUNCTION users_stamp_transaction()`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TRIGGER users_stamp_transaction ON users');
    await runner.query('DROP FUNCTION users_stamp_transaction()');
    await runner.query(guardEnd(''));
    await runner.query('ALTER TABLE users DROP COLUMN roles_changed_xid');
    await runner.query('ALTER TABLE sessions DROP COLUMN ended_xid');
  }
}

/** @param stamp a statement for a session that ends */
function guardEnd(stamp: string): string {
  return `
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
        ${stamp}
        NEW.ended_reason := coalesce(NEW.ended_reason, 'unspecified');
        NEW.ended_by := coalesce(NEW.ended_by, 'database:' || session_user);
      END IF;
      RETURN NEW;
    END $$`;
}
