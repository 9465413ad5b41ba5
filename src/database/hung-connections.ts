import type { Socket } from 'node:net';
import type { ClientBase } from 'pg';
import type { DataSource } from 'typeorm';

/** The parts of pg's pool and clients that are used below. */
interface Client {
  readonly connection: { readonly stream: Socket };
}
interface Pool {
  on(event: 'acquire', listener: (client: Client) => void): void;
  on(event: 'release', listener: (error: unknown, client: Client) => void): void;
}

/**
 * Breaks connections that are in use but silent for longer than any statement takes. A cut cable does not close a
 * connection, and pg's own query timeout returns it to the pool, where every later query on it fails too.
 */
export function breakHungConnections(dataSource: DataSource, silentMs: number): void {
  const { master } = dataSource.driver as unknown as { readonly master: Pool };
  const watched = new WeakSet<Socket>();
  master.on('acquire', ({ connection: { stream } }) => {
    if (!watched.has(stream)) {
      watched.add(stream);
      stream.on('timeout', () => breakSilent(stream));
    }
    stream.setTimeout(silentMs);
  });
  master.on('release', (_error, { connection: { stream } }) => stream.setTimeout(0));
}

/** Breaks a connection that becomes silent during `work`, which happens before the pool has it. */
export async function breakWhenSilent(
  client: ClientBase,
  silentMs: number,
  work: () => Promise<void>,
): Promise<void> {
  const { stream } = (client as unknown as Client).connection;
  const onTimeout = () => breakSilent(stream);
  stream.setTimeout(silentMs, onTimeout);
  try {
    await work();
  } finally {
    stream.setTimeout(0, onTimeout);
  }
}

function breakSilent(stream: Socket): void {
  stream.destroy(new Error('Connection terminated: the database is silent'));
}
