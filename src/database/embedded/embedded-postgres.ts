import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { privateDirectory } from '../../config/private-directory.js';
import { EmbeddedPostgresFailed } from '../start-errors.js';
import { announce, claim, release, type ServingOwner } from './data-directory-owner.js';
import { listenAddress } from './listen-address.js';
import { withExtendedQueries } from './pglite-extended-query.js';

export interface EmbeddedPostgres {
  readonly url: string;
  /** The other process that serves this database, and which `stop` leaves running; `null` if it is this one. */
  readonly owner: ServingOwner | null;
  /** Records where this process serves HTTP, for the next one that wants to start. */
  announceService(url: string): void;
  stop(): Promise<void>;
}

/** Far above any pool size: pglite-socket refuses further clients without a Postgres error message. */
const MAX_CONNECTIONS = 1_000;

/**
 * Starts the database of development: Postgres in this process, with its data in `<dataDir>/postgres`. If another
 * process serves it already, returns that URL. All clients share one database session: transactions run one
 * after the other, and session-level locks and settings apply to all clients.
 *
 * @param progress receives a line before a step that takes long
 * @throws {EmbeddedPostgresFailed} when it is not installed, or when a process that hangs has its files open
 */
export async function startEmbeddedPostgres(
  dataDir: string,
  progress: (line: string) => void,
): Promise<EmbeddedPostgres> {
  const { PGlite, PGLiteSocketServer } = await load();
  privateDirectory(dataDir);
  const ownerFile = join(dataDir, 'postgres.json');
  const owner = await claim(ownerFile);
  if (owner) return { url: owner.url, owner, announceService: () => {}, stop: async () => {} };

  try {
    const files = join(dataDir, 'postgres');
    if (!existsSync(files)) {
      progress(`creating the embedded Postgres in ${files}`);
      await create(PGlite, files);
    }
    // PGlite makes its files readable by everyone, whatever the umask.
    privateDirectory(files);
    const database = new (withExtendedQueries(PGlite))(files);
    await database.waitReady;
    const address = listenAddress(dataDir);
    const server = new PGLiteSocketServer({
      db: database,
      ...address.options,
      maxConnections: MAX_CONNECTIONS,
    });
    await server.start();
    const url = address.url(server.getServerConn());
    announce(ownerFile, { url });
    return {
      url,
      owner: null,
      announceService: (serviceUrl) => announce(ownerFile, { url, serviceUrl }),
      stop: async () => {
        await server.stop();
        await database.close();
        address.remove();
        release(ownerFile);
      },
    };
  } catch (error) {
    release(ownerFile);
    throw new EmbeddedPostgresFailed(
      `the embedded Postgres in ${dataDir} did not start: ${(error as Error).message}`,
      { cause: error },
    );
  }
}

async function load() {
  try {
    const [{ PGlite }, { PGLiteSocketServer }] = await Promise.all([
      import('@electric-sql/pglite'),
      import('@electric-sql/pglite-socket'),
    ]);
    return { PGlite, PGLiteSocketServer };
  } catch (error) {
    throw new EmbeddedPostgresFailed(
      'no DATABASE_URL is set and the embedded Postgres is not installed: set DATABASE_URL, or install the development dependencies with npm ci',
      { cause: error },
    );
  }
}

/** Creates the files elsewhere and moves them: a process that is killed must not leave an incomplete database. */
async function create(PGlite: Awaited<ReturnType<typeof load>>['PGlite'], files: string): Promise<void> {
  const unfinished = `${files}.new`;
  rmSync(unfinished, { recursive: true, force: true });
  privateDirectory(unfinished);
  const database = new PGlite(unfinished);
  await database.waitReady;
  await database.close();
  renameSync(unfinished, files);
}
