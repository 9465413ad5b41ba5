import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { privateDirectory } from '../../config/private-directory.js';

/** Where the embedded Postgres listens. */
export interface ListenAddress {
  /** For pglite-socket. */
  readonly options: { readonly path: string } | { readonly host: string; readonly port: number };
  /** @param connection what pglite-socket listens on */
  url(connection: string): string;
  /** Removes what was created for it. */
  remove(): void;
}

/** `sun_path` has 104 bytes on macOS and 108 on Linux. */
const SOCKET_PATH_MAX = 100;
/** The name that Postgres clients expect for the socket of the default port. */
const SOCKET = '.s.PGSQL.5432';

/**
 * A Unix socket in a directory that only this user can open: PGlite accepts every password, so a TCP port would give
 * every user of this machine the database. Windows has no such sockets.
 */
export function listenAddress(dataDir: string): ListenAddress {
  if (process.platform === 'win32') {
    return {
      options: { host: '127.0.0.1', port: 0 },
      url: (connection) => `postgres://postgres@${connection}/postgres`,
      remove: () => {},
    };
  }
  const directory = socketDirectory(dataDir);
  // Left by a process that was killed.
  rmSync(join(directory, SOCKET), { force: true });
  return {
    options: { path: join(directory, SOCKET) },
    url: () => `postgres://postgres@localhost/postgres?host=${encodeURIComponent(directory)}`,
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

function socketDirectory(dataDir: string): string {
  const directory = resolve(dataDir, 'socket');
  if (Buffer.byteLength(join(directory, SOCKET)) > SOCKET_PATH_MAX) {
    return mkdtempSync(join(tmpdir(), 'latchkey-'));
  }
  privateDirectory(directory);
  return directory;
}
