import { query } from '../servers/query.js';

export interface TableSize {
  readonly table: string;
  readonly rows: number;
  readonly tableBytes: number;
  readonly indexBytes: number;
}

/** Disk space by table. */
export function measureSize(url: string): Promise<TableSize[]> {
  return query<TableSize>(
    url,
    `SELECT c.relname AS table, c.reltuples::float8 AS rows, pg_table_size(c.oid)::float8 AS "tableBytes",
            pg_indexes_size(c.oid)::float8 AS "indexBytes"
     FROM pg_class c WHERE c.relname IN ('sessions', 'session_events', 'devices', 'users') AND c.relkind = 'r'
     ORDER BY c.relname DESC`,
  );
}
