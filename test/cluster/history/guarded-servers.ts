import { join } from 'node:path';
import type { Cluster } from './cluster.js';
import type { GuardedServerKind } from './guarded-server.js';
import { findNginx, NginxGateway } from './nginx-gateway.js';

const FOLDER = 'test/cluster/guarded-servers';

export const FASTIFY: GuardedServerKind = {
  name: 'fastify',
  program: `${FOLDER}/fastify-server.ts`,
  streams: ['server-sent events'],
};

export const EXPRESS: GuardedServerKind = {
  name: 'express',
  program: `${FOLDER}/express-server.ts`,
  streams: ['server-sent events', 'WebSocket'],
};

export const NEST: GuardedServerKind = {
  name: 'nest',
  program: `${FOLDER}/nest-server.ts`,
  streams: ['server-sent events'],
};

/** Asks once for each request, so that it knows nothing of streams. */
export const EDGE: GuardedServerKind = {
  name: 'nginx with latchkey-edge',
  program: 'packages/guard/src/edge.ts',
  streams: [],
};

/** Starts one guarded server of each kind. */
export async function startGuardedServers(cluster: Cluster, log: (line: string) => void): Promise<void> {
  for (const kind of [FASTIFY, EXPRESS, NEST]) await cluster.guard(kind);
  const nginx = await findNginx();
  if (nginx === null) {
    log('left out: latchkey-edge behind nginx, because there is no nginx (install the package nginx)');
    return;
  }
  // A Unix socket keeps its name when the edge is killed and started again.
  const socket = join(cluster.directory, 'edge.sock');
  const edge = await cluster.guard(EDGE, { env: { LATCHKEY_EDGE_SOCKET: socket } });
  const gateway = await NginxGateway.start(nginx, cluster.directory, socket);
  edge.behind(gateway);
}
