import { chmod } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { nginx } from '../../support/gateways/nginx.js';
import { MissingProgram } from '../../support/programs.js';
import type { Cluster } from './cluster.js';
import type { GuardedServerKind } from './guarded-server.js';

/** The edge is asked once for each request and knows nothing of streams. */
const EDGE: GuardedServerKind = {
  name: 'nginx with latchkey-edge',
  program: 'packages/guard/src/edge.ts',
  streams: [],
};

/**
 * Starts `latchkey-edge` behind nginx, in front of an application that knows nothing of sessions.
 *
 * @throws {MissingProgram}
 */
export async function startNginxWithEdge(cluster: Cluster): Promise<void> {
  const program = await nginx.find();
  // A Unix socket keeps its name when the edge is killed and started again.
  const socket = join(cluster.directory, 'edge.sock');
  // nginx runs as another user.
  await chmod(cluster.directory, 0o755);
  const edge = await cluster.guard(EDGE, {
    env: { LATCHKEY_EDGE_SOCKET: socket, LATCHKEY_EDGE_SOCKET_MODE: '666' },
  });
  const app = createServer((_, response) => response.end('{}'));
  await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve));
  const { port } = app.address() as AddressInfo;
  const gateway = nginx.create(program, { edge: `unix:${socket}`, app: `127.0.0.1:${port}` });
  const stop = async () => {
    await gateway.dispose();
    app.closeAllConnections();
    app.close();
  };
  edge.behind({ url: () => gateway.url, stop });
  await gateway.start();
}

/** @returns why it was left out, in one line, or `null` */
export async function tryNginxWithEdge(cluster: Cluster): Promise<string | null> {
  try {
    await startNginxWithEdge(cluster);
    return null;
  } catch (error) {
    if (error instanceof MissingProgram)
      return `left out: latchkey-edge behind nginx, because ${error.message}`;
    throw error;
  }
}
