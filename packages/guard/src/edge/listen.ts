import { lstat, unlink } from 'node:fs/promises';
import { connect, type Server } from 'node:net';

export type ListenAddress =
  | { readonly host: string; readonly port: number }
  | { readonly path: string; readonly mode: number };

/**
 * Starts a server on a TCP port, or on a Unix socket that exists only with the given mode.
 *
 * @throws {Error} if the address is in use, or the path is that of another file
 */
export async function listen(server: Server, address: ListenAddress): Promise<void> {
  if (!('path' in address)) return startListening(server, address);
  await removeStaleSocket(address.path);
  // `chmod` after listening would leave a moment in which every user may connect.
  const previous = process.umask(0o777 & ~address.mode);
  try {
    const started = startListening(server, { path: address.path });
    process.umask(previous);
    await started;
  } finally {
    process.umask(previous);
  }
}

function startListening(server: Server, options: object): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(options, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** A process that was killed leaves its socket file behind, and no other can listen there. */
async function removeStaleSocket(path: string): Promise<void> {
  const file = await lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (!file) return;
  if (!file.isSocket()) throw new Error(`${path} exists and is not a socket`);
  if (await acceptsConnections(path)) throw new Error(`another process listens on ${path}`);
  await unlink(path);
}

function acceptsConnections(path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED' || error.code === 'ENOENT') resolve(false);
      else reject(error);
    });
  });
}
