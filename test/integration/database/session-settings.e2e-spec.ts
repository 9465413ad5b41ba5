import type { DataSource } from 'typeorm';
import { dataSourceOptions, openDataSource } from '../../../src/database/data-source.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';

/** What a database may have been given by an operator or a locale. */
const SETTINGS = [
  `datestyle = 'German, DMY'`,
  `intervalstyle = 'iso_8601'`,
  `timezone = 'Asia/Kolkata'`,
  `default_transaction_isolation = 'serializable'`,
  'extra_float_digits = -15',
  'array_nulls = off',
  'search_path = other, public',
];

describe('a database with other settings', () => {
  let database: TestDatabase;
  let dataSource: DataSource;

  beforeAll(async () => {
    database = await createTestDatabase();
    const owner = await openDataSource(dataSourceOptions(database.url, 1));
    const [{ name }] = await owner.query<[{ name: string }]>('SELECT current_database() AS name');
    await owner.query('CREATE SCHEMA other; CREATE TABLE other.users (id integer)');
    for (const setting of SETTINGS) await owner.query(`ALTER DATABASE "${name}" SET ${setting}`);
    await owner.destroy();
    dataSource = await openDataSource(dataSourceOptions(database.url, 4));
  });
  afterAll(async () => {
    await dataSource?.destroy();
    await database?.drop();
  });

  it('is used with the settings of the service on every connection', async () => {
    const rows = await Promise.all(
      Array.from({ length: 4 }, () =>
        dataSource.query(
          `SELECT current_setting('datestyle') AS style, current_setting('timezone') AS zone,
                  1795503200.125::float8 AS seconds, '{NULL}'::text[] AS nulls, current_setting('transaction_isolation') AS isolation, '1 day'::interval::text AS day
           FROM pg_sleep(0.1)`,
        ),
      ),
    );
    const expected = {
      style: 'ISO, YMD',
      zone: 'UTC',
      seconds: 1795503200.125,
      nulls: [null],
      isolation: 'read committed',
      day: '1 day',
    };
    expect(rows.flat()).toEqual(Array.from({ length: 4 }, () => expected));
  });

  it("is used in the schema of the service's tables only", async () => {
    expect(await dataSource.query(`SELECT array_to_string(current_schemas(false), ' ') AS schemas`)).toEqual([
      { schemas: 'public' },
    ]);
    expect(await dataSource.query('SELECT email FROM users')).toEqual([]);
  });

  it.each([
    ['search_path%3Dother', 'other'],
    ['search_path%3Dother,public', 'other public'],
  ])('is used in the schemas that the URL names: %s', async (option, schemas) => {
    const url = new URL(database.url);
    const chosen = await openDataSource(dataSourceOptions(`${url}?options=-c%20${option}`, 1));
    expect(await chosen.query(`SELECT array_to_string(current_schemas(false), ' ') AS schemas`)).toEqual([
      { schemas },
    ]);
    await chosen.destroy();
  });

  it.each(['Auth', 'auth-prod', 'user'])(
    "is used in the schema %s of the service's tables",
    async (schema) => {
      const own = await createTestDatabase();
      const owner = await openDataSource(dataSourceOptions(own.url, 1));
      await owner.query(`ALTER SCHEMA public RENAME TO "${schema}"`);
      await owner.query(`ALTER DATABASE "${own.name}" SET search_path = "${schema}"`);
      await owner.destroy();
      const chosen = await openDataSource(dataSourceOptions(own.url, 1));
      expect(await chosen.query('SELECT current_schema() AS schema')).toEqual([{ schema }]);
      expect(await chosen.query('SELECT email FROM users')).toEqual([]);
      await chosen.destroy();
      await own.drop();
    },
  );

  it('returns times as they are', async () => {
    const [{ at }] = await dataSource.query<[{ at: Date }]>(
      `SELECT timestamptz '2026-03-02 01:00:00Z' AS at`,
    );
    expect(at.toISOString()).toBe('2026-03-02T01:00:00.000Z');
  });
});
