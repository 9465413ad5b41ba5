import type { DataSource } from 'typeorm';

/** What is kept about a user, as one object per row, with the names of the columns. */
export type UserExport = Readonly<Record<string, readonly object[]>>;

const PAGE_SIZE = 1_000;
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

/** The tables that have rows of a user (`$1`), and columns that are left out because they are secrets. */
const TABLES: readonly { table: string; owner: string; secrets: readonly string[]; id?: string }[] = [
  { table: 'users', owner: 'id', secrets: ['password_hash'] },
  { table: 'devices', owner: 'user_id', secrets: ['token_hash'] },
  { table: 'sessions', owner: 'user_id', secrets: [] },
  { table: 'security_events', owner: 'user_id', secrets: [] },
  // The token of a link is derived from its id.
  { table: 'account_links', owner: 'user_id', secrets: ['id'] },
  { table: 'mail_outbox', owner: 'user_id', secrets: [] },
  { table: 'undeliverable_addresses', owner: 'user_id', secrets: [], id: 'user_id' },
  { table: 'former_email_spellings', owner: 'user_id', secrets: [], id: 'user_id' },
  { table: 'mail_notices', owner: 'user_id', secrets: [], id: 'user_id' },
  { table: 'rejected_registrations', owner: 'user_id', secrets: [], id: 'user_id' },
];

const HISTORY = `
  SELECT to_jsonb(e) AS row FROM session_events e WHERE e.session_id = ANY ($1) ORDER BY e.session_id, e.id`;

/** Reads what is stored about a user, for the person themselves (GDPR articles 15 and 20). */
export async function exportUser(dataSource: DataSource, userId: string): Promise<UserExport> {
  const found: Record<string, object[]> = { session_events: [] };
  for (const { table, owner, secrets, id = 'id' } of TABLES) {
    const rows: object[] = [];
    found[table] = rows;
    for (let last: string | undefined = FIRST_ID; last !== undefined; ) {
      const page: { id: string; row: object }[] = await dataSource.query(
        `SELECT ${id} AS id, to_jsonb(t) - $3::text[] AS row FROM ${table} t
         WHERE ${owner} = $1 AND ${id} > $2 ORDER BY ${id} LIMIT ${PAGE_SIZE}`,
        [userId, last, secrets],
      );
      rows.push(...page.map(({ row }) => row));
      if (table === 'sessions') {
        const history = await dataSource.query<{ row: object }[]>(HISTORY, [page.map(({ id }) => id)]);
        found.session_events?.push(...history.map(({ row }) => row));
      }
      last = page.length < PAGE_SIZE ? undefined : page.at(-1)?.id;
    }
  }
  return found;
}
