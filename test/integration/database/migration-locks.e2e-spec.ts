import { Client } from 'pg';
import { DataSource, type MigrationInterface, type QueryRunner } from 'typeorm';
import { dataSourceOptions } from '../../../src/database/data-source.js';
import { MIGRATIONS } from '../../../src/database/migration-list.js';
import { revertMigration, runMigrations } from '../../../src/database/migrations.js';
import { blockedTables } from '../../support/blocked-tables.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { waitUntil } from '../../support/wait-until.js';

/** What released migrations do, which are never edited. A new migration must not be added here. */
const RELEASED: Record<string, string[]> = { LimitMail1795503640000: ['reads mail_outbox'] };

describe('a migration on tables in use', () => {
  let database: TestDatabase;
  let postgres: Client;
  let dataSource: DataSource;

  beforeEach(async () => {
    database = await createTestDatabase();
    postgres = new Client({ connectionString: database.url });
    await postgres.connect();
    dataSource = await new DataSource(dataSourceOptions(database.url, 2, 0)).initialize();
  });
  afterEach(async () => {
    await dataSource.destroy();
    await postgres.end();
    await database.drop();
  });

  const revertFrom = async (name: string) => {
    while (!(await revertMigration(database.url))?.startsWith(name));
  };

  it('lets reads through while it waits for another transaction, and says so once', async () => {
    await revertFrom('AddAudienceToSessions');
    await postgres.query('BEGIN; SELECT FROM sessions');
    const lines: string[] = [];
    let isApplied = false;
    const applied = runMigrations(database.url, (line) => lines.push(line)).finally(() => {
      isApplied = true;
    });
    await waitUntil('it has given way', async () => lines.length > 0);
    // Waits behind an attempt at most, which is shorter than the statement timeout of requests.
    for (let read = 0; read < 30; read++)
      await dataSource.query(
        `SET statement_timeout = 2500; SELECT FROM sessions LIMIT 1; SELECT pg_sleep(0.1)`,
      );
    expect(isApplied).toBe(false);
    await postgres.query('COMMIT');
    expect(await applied).toContain('AddAudienceToSessions1795504240000');
    expect(lines).toEqual(['waiting for other transactions on the same tables; requests are still served']);
  });

  it('reverts like it is applied', async () => {
    await revertFrom('NameSchemaInTriggers');
    await postgres.query('BEGIN; SELECT FROM sessions');
    const lines: string[] = [];
    const reverted = revertMigration(database.url, undefined, (line) => lines.push(line));
    await waitUntil('it has given way', async () => lines.length > 0);
    await postgres.query('COMMIT');
    expect(await reverted).toMatch(/^AddAudienceToSessions/);
  });

  it('builds an index while a long transaction uses the table', async () => {
    await revertFrom('IndexLiveSessions');
    await postgres.query('BEGIN; SELECT FROM sessions');
    const applied = runMigrations(database.url);
    await waitUntil('the index is being built', async () => {
      const rows = await dataSource.query(`SELECT FROM pg_class WHERE relname = 'sessions_live_idx'`);
      return rows.length > 0;
    });
    // Longer than any lock is waited for.
    await dataSource.query('SELECT pg_sleep(1.5)');
    await postgres.query('COMMIT');
    expect(await applied).toContain('IndexLiveSessions1795504120000');
    expect(await invalidIndexes()).toEqual([]);
  });

  it('blocks writes to no table for as long as reading it takes, and can be repeated if it was interrupted', async () => {
    await postgres.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
    const blocking: Record<string, string[]> = {};
    for (const Migration of MIGRATIONS) {
      const migration = new Migration();
      const blocked = await blockedTables(dataSource, migration);
      if (blocked.length > 0) blocking[Migration.name] = blocked;
      if ('transaction' in migration) await repeat(migration);
    }
    expect(blocking).toEqual(RELEASED);
  });

  /** An interrupted `CREATE INDEX CONCURRENTLY` leaves an invalid index. */
  async function repeat(migration: Pick<MigrationInterface, 'up'>): Promise<void> {
    await postgres.query(
      `UPDATE pg_index SET indisvalid = false WHERE NOT indisprimary AND indrelid IN
         (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)`,
    );
    const built: string[] = [];
    const query = (statement: string, parameters?: unknown[]) => {
      const name = /CREATE (?:UNIQUE )?INDEX CONCURRENTLY (\w+)/.exec(statement)?.[1];
      if (name) built.push(name);
      return dataSource.query(statement, parameters);
    };
    await migration.up({ query } as unknown as QueryRunner);
    const invalid = await invalidIndexes();
    expect(built.filter((name) => invalid.includes(name))).toEqual([]);
    await postgres.query('UPDATE pg_index SET indisvalid = true WHERE NOT indisvalid');
  }

  async function invalidIndexes(): Promise<string[]> {
    const { rows } = await postgres.query<{ name: string }>(
      `SELECT relname AS name FROM pg_index JOIN pg_class ON oid = indexrelid WHERE NOT indisvalid ORDER BY name`,
    );
    return rows.map(({ name }) => name);
  }

  describe('is refused by these tests if it', () => {
    const blocked = (...statements: string[]) =>
      blockedTables(dataSource, {
        async up(runner: QueryRunner) {
          for (const statement of statements) await runner.query(statement);
        },
      });

    it.each([
      ['builds an index', 'CREATE INDEX i ON sessions (user_id)', 'reads sessions'],
      ['builds a unique index', 'CREATE UNIQUE INDEX i ON sessions (id)', 'reads sessions'],
      [
        'adds a column with a volatile default',
        'ALTER TABLE sessions ADD COLUMN x uuid DEFAULT gen_random_uuid()',
        'rewrites sessions',
      ],
      ['changes a type', 'ALTER TABLE users ALTER COLUMN roles_version TYPE bigint', 'rewrites users'],
      [
        'forbids null without a validated check',
        'ALTER TABLE sessions ALTER COLUMN polled_at SET NOT NULL',
        'reads sessions',
      ],
      ['adds a valid check', `ALTER TABLE users ADD CHECK (status <> '')`, 'reads users'],
      [
        'adds a valid foreign key',
        'ALTER TABLE security_events ADD FOREIGN KEY (session_id) REFERENCES sessions (id)',
        'reads security_events',
      ],
      ['reads a table that it has locked', 'LOCK TABLE users; UPDATE users SET roles = roles', 'reads users'],
    ])('%s', async (_what, statement, expected) => {
      expect(await blocked(...statement.split('; '))).toContain(expected);
    });

    it.each([
      ['a column with a constant default', 'ALTER TABLE sessions ADD COLUMN x integer NOT NULL DEFAULT 0'],
      ['a check for new rows', `ALTER TABLE users ADD CHECK (status <> '') NOT VALID`],
      ['a new table with an index', 'CREATE TABLE x (id uuid REFERENCES users); CREATE INDEX i ON x (id)'],
      ['a trigger', 'CREATE TRIGGER x BEFORE UPDATE ON users EXECUTE FUNCTION sessions_guard_truncation()'],
    ])('but not for %s', async (_what, statement) => {
      expect(await blocked(...statement.split('; '))).toEqual([]);
    });

    it('but not for forbidding null with a check that was validated by itself', async () => {
      const check = 'CHECK (polled_at IS NOT NULL)';
      expect(await blocked(`ALTER TABLE sessions ADD CONSTRAINT x ${check} NOT VALID`)).toEqual([]);
      expect(await blocked('ALTER TABLE sessions VALIDATE CONSTRAINT x')).toEqual([]);
      expect(await blocked('ALTER TABLE sessions ALTER COLUMN polled_at SET NOT NULL')).toEqual([]);
    });
  });
});
