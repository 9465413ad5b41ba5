import type { DataSource, MigrationInterface, QueryRunner } from 'typeorm';

const DROPPED_TABLE = /\bDROP TABLE (?:IF EXISTS )?(\w+)/g;
const DROPPED_COLUMN = /\bDROP COLUMN (?:IF EXISTS )?(\w+)/g;
const ALTERED_TABLE = /\bALTER TABLE (?:IF EXISTS )?(?:ONLY )?(\w+)/;
const EMPTIED_TABLE = /\bDELETE FROM (\w+)/g;
const READS_ONLY = /^\s*SELECT\b/i;
/** Counting all rows of a big table takes long. */
const COUNTED_ROWS_MAX = 10_000;

/** What reverting the migration would drop: tables with their number of rows, columns, and rows of other tables. */
export async function migrationLosses(
  migration: MigrationInterface,
  dataSource: DataSource,
): Promise<string[]> {
  const losses: string[] = [];
  for (const statement of await revertingStatements(migration, dataSource)) {
    for (const table of names(DROPPED_TABLE, statement)) {
      losses.push(`table ${table} (${await rowsText(table, dataSource)})`);
    }
    const altered = ALTERED_TABLE.exec(statement)?.[1];
    for (const column of names(DROPPED_COLUMN, statement)) losses.push(`column ${altered}.${column}`);
    for (const table of names(EMPTIED_TABLE, statement)) losses.push(`rows of ${table}`);
  }
  return losses;
}

/**
 * Asks the migration itself, so that no second description can be wrong. Some migrations read what they need, such as the
 * schema of a table: only these statements are run.
 */
async function revertingStatements(migration: MigrationInterface, dataSource: DataSource): Promise<string[]> {
  const statements: string[] = [];
  const recorder = {
    query: async (statement: string, parameters?: unknown[]) => {
      statements.push(statement);
      return READS_ONLY.test(statement) ? dataSource.query(statement, parameters) : [];
    },
  };
  await migration.down(recorder as unknown as QueryRunner);
  return statements;
}

function names(pattern: RegExp, statement: string): string[] {
  return [...statement.matchAll(pattern)].map(([, name]) => name ?? '');
}

async function rowsText(table: string, dataSource: DataSource): Promise<string> {
  const [{ count }] = await dataSource.query<[{ count: number }]>(
    `SELECT count(*)::integer AS count FROM (SELECT FROM "${table}" LIMIT ${COUNTED_ROWS_MAX + 1}) rows`,
  );
  if (count > COUNTED_ROWS_MAX) return `more than ${COUNTED_ROWS_MAX} rows`;
  return count === 1 ? '1 row' : `${count} rows`;
}
