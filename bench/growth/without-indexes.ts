import type { Client } from 'pg';

/** All indexes except primary keys: rows are inserted in primary key order, so keeping those is cheap. */
const SECONDARY = `
  SELECT i.indexrelid::regclass::text AS name, i.indrelid::regclass::text AS "table", pg_get_indexdef(i.indexrelid) AS definition,
         c.conname AS constraint, pg_get_constraintdef(c.oid) AS "constraintDefinition"
  FROM pg_index i LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.contype IN ('u', 'x')
  WHERE i.indrelid::regclass::text IN ('users', 'devices', 'sessions', 'session_events') AND NOT i.indisprimary`;

interface SecondaryIndex {
  readonly name: string;
  readonly table: string;
  readonly definition: string;
  readonly constraint: string | null;
  readonly constraintDefinition: string | null;
}

/** Drops the secondary indexes while the tables are filled: building an index afterwards takes a fraction of the time. */
export async function withoutIndexes(client: Client, fill: () => Promise<void>): Promise<void> {
  const { rows } = await client.query<SecondaryIndex>(SECONDARY);
  for (const { name, table, constraint } of rows) {
    await client.query(
      constraint ? `ALTER TABLE ${table} DROP CONSTRAINT "${constraint}"` : `DROP INDEX ${name}`,
    );
  }
  await fill();
  await client.query(`SET maintenance_work_mem = '512MB'`);
  for (const { table, definition, constraint, constraintDefinition } of rows) {
    await client.query(
      constraint ? `ALTER TABLE ${table} ADD CONSTRAINT "${constraint}" ${constraintDefinition}` : definition,
    );
  }
}
