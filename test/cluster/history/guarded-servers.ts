import type { Cluster } from './cluster.js';
import type { GuardedServerKind } from './guarded-server.js';
import { tryNginxWithEdge } from './nginx-with-edge.js';

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

/** Starts one guarded server of each kind. */
export async function startGuardedServers(cluster: Cluster, log: (line: string) => void): Promise<void> {
  for (const kind of [FASTIFY, EXPRESS, NEST]) await cluster.guard(kind);
  const leftOut = await tryNginxWithEdge(cluster);
  if (leftOut !== null) log(leftOut);
}
