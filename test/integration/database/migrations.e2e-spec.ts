import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { v7 as newId } from 'uuid';
import { dataSourceOptions } from '../../../src/database/data-source.js';
import { MIGRATIONS } from '../../../src/database/migration-list.js';
import {
  newestMigration,
  revertMigration,
  runMigrations,
  showMigrations,
} from '../../../src/database/migrations.js';
import { ENTITIES } from '../../../src/entities.js';
import { normaliseEmail } from '../../../src/users/email-address.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { COMMAND, type Finished, runProgram } from '../../support/run-program.js';
import { serviceEnv } from '../../support/service-env.js';

const NAMES = MIGRATIONS.map(({ name }) => name);

describe('the migrations', () => {
  let database: TestDatabase;
  let postgres: Client;

  beforeEach(async () => {
    database = await createTestDatabase();
    postgres = new Client({ connectionString: database.url });
    await postgres.connect();
  });
  afterEach(async () => {
    await postgres.end();
    await database.drop();
  });

  const empty = () => postgres.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public');

  /** Every schema object, as Postgres describes it. */
  async function schema(): Promise<string[]> {
    const { rows } = await postgres.query<{ line: string }>(`
      SELECT format('column %s.%s %s %s %s', table_name, column_name, data_type, is_nullable, column_default) AS line
        FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'schema_migrations'
      UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'schema_migrations'
      UNION ALL SELECT format('constraint %s %s', conname, pg_get_constraintdef(oid)) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace AND conrelid <> coalesce(to_regclass('schema_migrations'), 0)
      UNION ALL SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
      UNION ALL SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
      ORDER BY line`);
    // A function is the same however it is indented.
    return rows.map(({ line }) => line.replaceAll(/\s+/g, ' '));
  }

  it('can all be applied, reverted one by one, and applied again without leftovers', async () => {
    const newest = await schema();
    const steps = [newest];
    for (const name of NAMES.toReversed()) {
      expect(await revertMigration(database.url)).toBe(name);
      steps.push(await schema());
    }
    expect(steps.at(-1)).toEqual([]);
    expect(new Set(steps.map((step) => step.join('\n'))).size).toBe(NAMES.length + 1);
    expect(await revertMigration(database.url)).toBeNull();

    expect(await runMigrations(database.url)).toEqual(NAMES);
    expect(await schema()).toEqual(newest);
    expect(await runMigrations(database.url)).toEqual([]);
  });

  it('each tell what reverting it would drop', async () => {
    for (const name of NAMES.toReversed()) {
      expect(await newestMigration(database.url)).toEqual({ name, losses: expect.any(Array) });
      await revertMigration(database.url);
    }
    expect(await newestMigration(database.url)).toBeNull();
  });

  it('can each be reverted and reapplied in place', async () => {
    for (let count = NAMES.length; count > 0; count--) {
      const before = await schema();
      expect(await revertMigration(database.url)).toBe(NAMES[count - 1]);
      expect(await applyFirst(count)).toEqual([NAMES[count - 1]]);
      expect(await schema()).toEqual(before);
      await revertMigration(database.url);
    }
  });

  /** As in a version that has no later ones: `runMigrations` would apply all. */
  async function applyFirst(count: number): Promise<string[]> {
    const options = { ...dataSourceOptions(database.url, 1), migrations: MIGRATIONS.slice(0, count) };
    const dataSource = await new DataSource(options).initialize();
    try {
      return (await dataSource.runMigrations({ transaction: 'each' })).map(({ name }) => name);
    } finally {
      await dataSource.destroy();
    }
  }

  it('run only once if several processes start concurrently', async () => {
    await empty();
    const applied = await Promise.all([1, 2, 3].map(() => runMigrations(database.url)));
    expect(applied.filter((names) => names.length > 0)).toEqual([NAMES]);
    expect((await showMigrations(database.url)).every((migration) => migration.applied)).toBe(true);
  });

  it('wait for a table for longer than a request would', async () => {
    await postgres.query('BEGIN; LOCK TABLE schema_migrations');
    const applied = runMigrations(database.url);
    await Promise.race([applied, sleep(4_000)]);
    await postgres.query('COMMIT');
    expect(await applied).toEqual([]);
  });

  it('create the schema that the entities describe', async () => {
    const dataSource = await new DataSource({
      ...dataSourceOptions(database.url, 2),
      entities: [...ENTITIES],
    }).initialize();
    try {
      const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
      expect(upQueries.map(({ query }) => query)).toEqual([]);
    } finally {
      await dataSource.destroy();
    }
  });

  describe('as a command', () => {
    const migrate = (...args: string[]) =>
      runProgram(COMMAND, ['migrate', ...args], serviceEnv(database.url));
    const done = ({ code, stdout, stderr }: Finished) => {
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      return stdout.trim().split('\n');
    };

    /** Reverts the migrations after it. */
    const revertTo = async (name: string) => {
      const index = NAMES.findIndex((applied) => applied.startsWith(name));
      for (let newest = NAMES.length - 1; newest > index; newest--) await revertMigration(database.url);
      return NAMES[index];
    };

    it('print what run, revert and show did', async () => {
      const newest = NAMES.at(-1);
      expect(done(await migrate('run'))).toEqual(['nothing to apply']);
      expect(done(await migrate('revert', '--yes'))).toEqual([
        expect.stringContaining(`the newest migration is ${newest}; reverting it drops `),
        `reverted ${newest}`,
      ]);
      expect(done(await migrate('show'))).toEqual([
        ...NAMES.slice(0, -1).map((name) => `[X] ${name}`),
        `[ ] ${newest}`,
      ]);
      expect(done(await migrate('run'))).toEqual([`applied ${newest}`]);
    });

    it('say what reverting drops', async () => {
      const newest = await revertTo('AddAudienceToSessions');
      expect(done(await migrate('revert', '--yes'))[0]).toBe(
        `the newest migration is ${newest}; reverting it drops column sessions.audience`,
      );
    });

    it('reverts nothing without a terminal unless --yes is given', async () => {
      const newest = await revertTo('CreateClients');
      await postgres.query(
        `INSERT INTO clients (client_id, permissions, audiences) VALUES ('api', '{guard}', '{}')`,
      );
      const directory = await mkdtemp(join(tmpdir(), 'latchkey-migrate-'));
      const file = join(directory, 'url');
      await writeFile(file, `${database.url}\n`);
      try {
        const env = { ...serviceEnv(''), DATABASE_URL_FILE: file };
        const { code, stdout, stderr } = await runProgram(COMMAND, ['migrate', 'revert'], env, 'y\n');
        expect({ code, stderr }).toEqual({
          code: 1,
          stderr: 'latchkey: without a terminal, confirm with --yes\n',
        });
        expect(stdout).toBe(
          `the newest migration is ${newest}; reverting it drops table client_secrets (0 rows), table clients (1 row)\n`,
        );
        expect((await postgres.query('SELECT FROM clients')).rowCount).toBe(1);
      } finally {
        await rm(directory, { recursive: true });
      }
    });

    it('reverts only the migration that was confirmed, and none of a newer version', async () => {
      await expect(revertMigration(database.url, NAMES.at(-2))).rejects.toThrow(
        /is not the newest migration any more/,
      );
      await postgres.query(
        `INSERT INTO schema_migrations (timestamp, name) VALUES (9999999999999, 'FromTheFuture')`,
      );
      const { code, stderr } = await migrate('revert', '--yes');
      expect({ code, stderr }).toEqual({
        code: 1,
        stderr:
          'latchkey: the newest migration, FromTheFuture, is of a newer version: revert it with that one\n',
      });
    });

    it('rejects an unknown subcommand', async () => {
      const { code, stdout, stderr } = await migrate('undo');
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toBe(`error: unknown command 'undo'\n`);
    });

    it('need no variables but those of the database, also in production', async () => {
      const env = { NODE_ENV: 'production', DATABASE_URL: database.url };
      expect(done(await runProgram(COMMAND, ['migrate', 'run'], env))).toEqual(['nothing to apply']);
    });

    it('reports in one line that the database is read-only', async () => {
      await postgres.query(`ALTER DATABASE "${database.name}" SET default_transaction_read_only = on`);
      const { code, stderr } = await migrate('revert', '--yes');
      expect(code).toBe(1);
      expect(stderr).toMatch(
        /^latchkey: Postgres refuses this: cannot execute [^\n]* in a read-only transaction\n$/,
      );
    });

    it('reports a missing database in one line', async () => {
      const url = new URL(database.url);
      url.pathname = '/nowhere';
      const { code, stderr } = await runProgram(COMMAND, ['migrate', 'run'], serviceEnv(url.href));
      expect(code).toBe(1);
      expect(stderr).toMatch(/^latchkey: [^\n]*database "nowhere" does not exist\n$/);
    });
  });

  describe('give email addresses one form', () => {
    const emails = async () =>
      (await postgres.query<{ email: string }>('SELECT email FROM users ORDER BY id')).rows.map(
        (row) => row.email,
      );
    const addUsers = async (addresses: string[]) => {
      for (const email of addresses)
        await postgres.query(`INSERT INTO users (id, email, password_hash) VALUES ($1, $2, '')`, [
          newId(),
          email,
        ]);
    };
    const revertTo = async (name: string) => {
      while ((await revertMigration(database.url)) !== name);
    };

    it('as new addresses have it, and their former spelling after a revert', async () => {
      await revertTo('OneAccountPerMailbox1795503880000');
      const before = [
        'ada@example.org',
        'ada@bücher.example',
        'jörg@example.org',
        '"bob"@example.org',
        '"b b"@example.org',
        'dan@例え.テスト',
        'eve@bücher.example/',
      ];
      await addUsers(before);
      await runMigrations(database.url);
      const after = await emails();
      expect(after).toEqual([
        'ada@example.org',
        'ada@xn--bcher-kva.example',
        'jörg@example.org',
        'bob@example.org',
        '"b b"@example.org',
        'dan@xn--r8jz45g.xn--zckzah',
        'eve@bücher.example/',
      ]);
      for (const email of after.filter((address) => !/[ /]/.test(address)))
        expect(normaliseEmail(email)).toBe(email);
      await revertTo('OneAccountPerMailbox1795503880000');
      expect(await emails()).toEqual(before);
    });

    it('and keep the spelling of accounts whose mailbox has an account already', async () => {
      await revertTo('OneAccountPerMailbox1795503880000');
      const before = [
        'ada@bücher.example',
        '"ada"@bücher.example',
        'bob@bücher.example',
        'bob@xn--bcher-kva.example',
      ];
      await addUsers(before);
      await runMigrations(database.url);
      expect(await emails()).toEqual(['ada@xn--bcher-kva.example', ...before.slice(1)]);
    });

    it('for more accounts than one batch', async () => {
      await revertTo('OneAccountPerMailbox1795503880000');
      await postgres.query(`
        INSERT INTO users (id, email, password_hash)
        SELECT gen_random_uuid(), format('p%s@bücher.example', n), '' FROM generate_series(1, 2500) n`);
      await runMigrations(database.url);
      expect((await emails()).filter((email) => !email.endsWith('@xn--bcher-kva.example'))).toEqual([]);
    });
  });

  describe('protect revoked sessions', () => {
    let sessionId: string;

    beforeEach(async () => {
      const [userId, deviceId] = [newId(), newId()];
      sessionId = newId();
      await postgres.query(`INSERT INTO users (id, email, password_hash) VALUES ($1, $2, '')`, [
        userId,
        `${userId}@example.org`,
      ]);
      await postgres.query(
        `INSERT INTO devices (id, user_id, token_hash, name, kind) VALUES ($1, $2, '', 'a device', 'other')`,
        [deviceId, userId],
      );
      await postgres.query(
        `INSERT INTO sessions (id, user_id, device_id, amr, sweep_at) VALUES ($1, $2, $3, '{pwd}', now())`,
        [sessionId, userId, deviceId],
      );
    });

    const update = (set: string) => postgres.query(`UPDATE sessions SET ${set} WHERE id = $1`, [sessionId]);
    const remove = () => postgres.query('DELETE FROM sessions WHERE id = $1', [sessionId]);
    const row = async () =>
      (await postgres.query('SELECT * FROM sessions WHERE id = $1', [sessionId])).rows[0];

    it('record the time and the database role of a revocation in plain SQL', async () => {
      const { rows } = await postgres.query('SELECT clock_timestamp() AS now, session_user AS role');
      await update(`status = 'revoked'`);
      const { status, ended_at, ended_reason, ended_by, enforced_at } = await row();
      expect({ status, ended_reason, ended_by, enforced_at }).toEqual({
        status: 'revoked',
        ended_reason: 'unspecified',
        ended_by: `database:${rows[0].role}`,
        enforced_at: null,
      });
      expect(ended_at.getTime()).toBeGreaterThanOrEqual(rows[0].now.getTime());
    });

    it('keep the given reason of a revocation, but not the given time', async () => {
      await update(`status = 'revoked', ended_reason = 'stolen laptop', ended_at = 'epoch'`);
      const { ended_at, ended_reason } = await row();
      expect(ended_reason).toBe('stolen laptop');
      expect(ended_at.getFullYear()).toBeGreaterThan(1970);
    });

    it.each([
      [`status = 'active'`],
      [`status = 'active', ended_at = NULL, ended_reason = NULL, ended_by = NULL`],
      [`status = 'expired'`],
      [`ended_reason = 'another'`],
      [`ended_at = now() + interval '1 day'`],
      [`ended_by = 'nobody'`],
    ])('reject any change of a revocation: %s', async (change) => {
      await update(`status = 'revoked'`);
      const ended = await row();
      await expect(update(change)).rejects.toThrow('has ended and stays as it ended');
      expect(await row()).toEqual(ended);
    });

    it('allow a revocation to be marked as enforced', async () => {
      await update(`status = 'revoked'`);
      await update('enforced_at = now()');
      expect((await row()).enforced_at).toBeInstanceOf(Date);
    });

    it('reject the deletion of active and recently ended sessions, and of their users and devices', async () => {
      await expect(remove()).rejects.toThrow('must have ended at least a day ago');
      await update(`status = 'revoked'`);
      await expect(remove()).rejects.toThrow('must have ended at least a day ago');
      await expect(postgres.query('TRUNCATE users CASCADE')).rejects.toThrow('ended, not truncated');
      await expect(postgres.query('DELETE FROM users')).rejects.toThrow('must have ended at least a day ago');
      await expect(postgres.query('DELETE FROM devices')).rejects.toThrow(
        'must have ended at least a day ago',
      );
    });

    it('allow the deletion of sessions that ended long ago', async () => {
      await update(`status = 'revoked'`);
      await postgres.query(`ALTER TABLE sessions DISABLE TRIGGER sessions_guard_end`);
      await update(`ended_at = now() - interval '25 hours'`);
      expect((await remove()).rowCount).toBe(1);
    });
  });
});
