import pg from 'pg';
import { StandbyServer } from './standby-server.js';

/** Together with the connection that follows, within the time that the pool waits for one. */
const ANSWER_MS = 1_500;
const ROLE = `
  SELECT CASE WHEN NOT pg_is_in_recovery() THEN left(pg_walfile_name(pg_current_wal_lsn()), 8) END AS timeline`;

interface Server {
  readonly host: string;
  readonly port: number;
}

/** Finds the primary among several servers, and remembers it until a connection to it fails. */
export class PrimaryChooser {
  private choice: Promise<Server> | null = null;

  /** @param urls one for each server, which differ in host and port only */
  constructor(private readonly urls: readonly [string, ...string[]]) {}

  /** @throws {StandbyServer} if all that can be reached are standbys; otherwise the first error */
  primary(): Promise<Server> {
    this.choice ??= this.choose().catch((error) => {
      this.choice = null;
      throw error;
    });
    return this.choice;
  }

  /** The server that was chosen is no longer the primary, or cannot be reached. */
  forget(): void {
    this.choice = null;
  }

  private async choose(): Promise<Server> {
    const asked = await Promise.allSettled(this.urls.map(roleOf));
    const answers = asked.flatMap((it) => (it.status === 'fulfilled' ? [it.value] : []));
    // A former primary that was started again still takes itself for one, on an older timeline.
    const [newest] = answers
      .filter(({ timeline }) => timeline !== null)
      .sort((a, b) => (b.timeline ?? '').localeCompare(a.timeline ?? ''));
    if (newest) return newest.server;
    if (answers.length > 0) throw new StandbyServer();
    throw asked.find((it) => it.status === 'rejected')?.reason;
  }
}

async function roleOf(url: string): Promise<{ server: Server; timeline: string | null }> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: ANSWER_MS,
    query_timeout: ANSWER_MS,
    application_name: 'latchkey',
  });
  client.on('error', () => {
    // The promises below are rejected as well.
  });
  try {
    await client.connect();
    const { rows } = await client.query<{ timeline: string | null }>(ROLE);
    return { server: { host: client.host, port: client.port }, timeline: rows[0]?.timeline ?? null };
  } finally {
    // Not awaited: a server that hangs would not close the connection either.
    client.end().catch(() => {});
  }
}
