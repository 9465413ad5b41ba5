import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateSessions1795502520000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // fillfactor: `last_seen_at` is updated often and not indexed, so its updates can stay on the same page (HOT).
    await runner.query(`
      CREATE TABLE sessions (
        id uuid NOT NULL,
        user_id uuid NOT NULL,
        device_id uuid NOT NULL,
        status text NOT NULL DEFAULT 'active',
        refresh_generation integer NOT NULL DEFAULT 0,
        rotated_at timestamptz,
        auth_time timestamptz NOT NULL DEFAULT now(),
        amr text[] NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        last_seen_at timestamptz NOT NULL DEFAULT now(),
        address inet,
        sweep_at timestamptz NOT NULL,
        ended_at timestamptz,
        ended_reason text,
        ended_by text,
        enforced_at timestamptz,
        CONSTRAINT sessions_pkey PRIMARY KEY (id),
        CONSTRAINT sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
        CONSTRAINT sessions_device_id_fkey FOREIGN KEY (device_id) REFERENCES devices (id) ON DELETE CASCADE,
        CONSTRAINT sessions_status_check CHECK (status IN ('active', 'revoked', 'expired')),
        CONSTRAINT sessions_ended_check CHECK (
          (status = 'active' AND ended_at IS NULL AND ended_reason IS NULL AND ended_by IS NULL AND enforced_at IS NULL)
          OR (status <> 'active' AND ended_at IS NOT NULL AND ended_reason IS NOT NULL AND ended_by IS NOT NULL))
      ) WITH (fillfactor = 80)`);

    await runner.query(`
      CREATE INDEX sessions_active_idx ON sessions (user_id, device_id) WHERE status = 'active'`);
    await runner.query('CREATE INDEX sessions_device_id_idx ON sessions (device_id)');
    await runner.query(`CREATE INDEX sessions_sweep_at_idx ON sessions (sweep_at) WHERE status = 'active'`);
    await runner.query(`CREATE INDEX sessions_ended_at_idx ON sessions (ended_at) WHERE status <> 'active'`);
    await runner.query(`
      CREATE INDEX sessions_unenforced_idx ON sessions (ended_at)
        WHERE status <> 'active' AND enforced_at IS NULL`);

    // P2: the status changes only once, no matter who writes it. A session that is revoked by hand is stamped too.
    await runner.query(`
      CREATE FUNCTION sessions_guard_end() RETURNS trigger LANGUAGE plpgsql AS $$
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
    await runner.query(`
      CREATE TRIGGER sessions_guard_end BEFORE UPDATE ON sessions
        FOR EACH ROW WHEN (OLD.status <> 'active' OR NEW.status <> 'active')
        EXECUTE FUNCTION sessions_guard_end()`);

    // P6: a change survives a crash once it is answered, even if the server or role commits asynchronously by default.
    await runner.query(`
      CREATE FUNCTION sessions_commit_durably() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF current_setting('synchronous_commit') = 'off' THEN
          PERFORM set_config('synchronous_commit', 'on', true);
        END IF;
        RETURN NULL;
      END $$`);
    await runner.query(`
      CREATE TRIGGER sessions_commit_durably AFTER INSERT OR UPDATE OF status, refresh_generation ON sessions
        FOR EACH STATEMENT EXECUTE FUNCTION sessions_commit_durably()`);

    // Instances cannot notice a deleted row: they would keep granting requests from their caches.
    await runner.query(`
      CREATE FUNCTION sessions_guard_removal() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'session % must have ended at least a day ago to be removed', OLD.id
          USING ERRCODE = 'check_violation', HINT = 'UPDATE sessions SET status = ''revoked'' ends it at once.';
      END $$`);
    await runner.query(`
      CREATE TRIGGER sessions_guard_removal BEFORE DELETE ON sessions
        FOR EACH ROW WHEN (OLD.ended_at IS NULL OR OLD.ended_at > now() - interval '1 day')
        EXECUTE FUNCTION sessions_guard_removal()`);
    await runner.query(`
      CREATE FUNCTION sessions_guard_truncation() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'sessions are ended, not truncated' USING ERRCODE = 'check_violation',
          HINT = 'UPDATE sessions SET status = ''revoked'' WHERE status = ''active'' ends all at once.';
      END $$`);
    await runner.query(`
      CREATE TRIGGER sessions_guard_truncation BEFORE TRUNCATE ON sessions
        FOR EACH STATEMENT EXECUTE FUNCTION sessions_guard_truncation()`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE sessions');
    await runner.query('DROP FUNCTION sessions_guard_end()');
    await runner.query('DROP FUNCTION sessions_commit_durably()');
    await runner.query('DROP FUNCTION sessions_guard_removal()');
    await runner.query('DROP FUNCTION sessions_guard_truncation()');
  }
}
