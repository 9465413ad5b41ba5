import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddSessionCutOffs1795504060000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Revoking all sessions of a user increases one number, however many there are. The rows are closed afterwards.
    await runner.query('ALTER TABLE users ADD COLUMN session_epoch integer NOT NULL DEFAULT 0');
    await runner.query('ALTER TABLE sessions ADD COLUMN epoch integer NOT NULL DEFAULT 0');

    // Why the sessions with a smaller epoch are over, until their rows have been closed.
    await runner.query(`
      CREATE TABLE session_cut_offs (
        user_id uuid NOT NULL,
        epoch integer NOT NULL,
        reason text NOT NULL,
        ended_by text NOT NULL,
        CONSTRAINT session_cut_offs_pkey PRIMARY KEY (user_id, epoch),
        CONSTRAINT session_cut_offs_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
      )`);

    // A login is clearly before or after a cut-off, because both lock the user's row. That holds for any way to insert one.
    await runner.query(`
      CREATE FUNCTION sessions_set_epoch() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        SELECT session_epoch INTO NEW.epoch FROM users WHERE id = NEW.user_id FOR SHARE;
        NEW.epoch := coalesce(NEW.epoch, 0);
        RETURN NEW;
      END $$`);
    await runner.query(`
      CREATE TRIGGER sessions_set_epoch BEFORE INSERT ON sessions
        FOR EACH ROW EXECUTE FUNCTION sessions_set_epoch()`);

    // P2: a session that is over stays over. Only one that lives can be exempted from a cut-off, before that is made.
    await runner.query(`
      CREATE FUNCTION sessions_guard_epoch() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF NEW.epoch < OLD.epoch OR OLD.epoch < (SELECT session_epoch FROM users WHERE id = OLD.user_id) THEN
          RAISE EXCEPTION 'session % is over and stays over', OLD.id USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
      END $$`);
    await runner.query(`
      CREATE TRIGGER sessions_guard_epoch BEFORE UPDATE OF epoch ON sessions
        FOR EACH ROW WHEN (OLD.epoch IS DISTINCT FROM NEW.epoch) EXECUTE FUNCTION sessions_guard_epoch()`);

    // Instances learn of it like of a change of roles, by the same columns and index.
    await runner.query(`
      CREATE FUNCTION users_stamp_session_epoch() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF NEW.session_epoch < OLD.session_epoch THEN
          RAISE EXCEPTION 'the session epoch of user % only grows', OLD.id USING ERRCODE = 'check_violation';
        END IF;
        NEW.roles_changed_at := clock_timestamp();
        NEW.roles_enforced_at := NULL;
        RETURN NEW;
      END $$`);
    await runner.query(`
      CREATE TRIGGER users_stamp_session_epoch BEFORE UPDATE OF session_epoch ON users
        FOR EACH ROW WHEN (OLD.session_epoch IS DISTINCT FROM NEW.session_epoch)
        EXECUTE FUNCTION users_stamp_session_epoch()`);
    // P6: the end of the sessions survives a crash or failover once it is answered.
    await runner.query(`
      CREATE TRIGGER users_commit_epoch_durably AFTER UPDATE OF session_epoch ON users
        FOR EACH STATEMENT EXECUTE FUNCTION sessions_commit_durably()`);
  }

  async down(runner: QueryRunner): Promise<void> {
    // Without the column, sessions that are over and not closed yet would live again.
    await runner.query(`
      UPDATE sessions s SET status = 'revoked',
        ended_reason = coalesce((SELECT c.reason FROM session_cut_offs c
                                 WHERE c.user_id = s.user_id AND c.epoch > s.epoch ORDER BY c.epoch LIMIT 1), 'unspecified'),
        ended_by = 'latchkey'
      FROM users u WHERE u.id = s.user_id AND s.status = 'active' AND s.epoch < u.session_epoch`);
    await runner.query('DROP TRIGGER users_commit_epoch_durably ON users');
    await runner.query('DROP TRIGGER users_stamp_session_epoch ON users');
    await runner.query('DROP FUNCTION users_stamp_session_epoch()');
    await runner.query('DROP TRIGGER sessions_guard_epoch ON sessions');
    await runner.query('DROP FUNCTION sessions_guard_epoch()');
    await runner.query('DROP TRIGGER sessions_set_epoch ON sessions');
    await runner.query('DROP FUNCTION sessions_set_epoch()');
    await runner.query('DROP TABLE session_cut_offs');
    await runner.query('ALTER TABLE sessions DROP COLUMN epoch');
    await runner.query('ALTER TABLE users DROP COLUMN session_epoch');
  }
}
