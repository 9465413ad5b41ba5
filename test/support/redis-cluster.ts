import keySlot from 'cluster-key-slot';
import { redisCommands } from '../cluster/history/redis-commands.js';
import { freePort } from './free-port.js';
import { RedisServer } from './redis-server.js';
import { redisTls, type TlsFiles } from './tls-files.js';
import { waitUntil } from './wait-until.js';

const MASTERS = 3;
const SLOTS = 16_384;
const PATIENCE = { timeoutMs: 60_000, everyMs: 100 };
/** After so long without an answer, nodes take a node for down. */
const NODE_TIMEOUT_MS = 1_500;
/** Certificates have host names. */
const NAMED = {
  'tls-cluster': 'yes',
  'cluster-announce-hostname': 'localhost',
  'cluster-preferred-endpoint-type': 'hostname',
};

/** A Redis Cluster of three masters with a replica each. */
export class RedisCluster {
  private constructor(readonly nodes: readonly RedisServer[]) {}

  /** @param tls the nodes also listen with TLS, and use it among themselves */
  static async start(tls?: TlsFiles): Promise<RedisCluster> {
    const starting = Array.from({ length: 2 * MASTERS }, async () =>
      RedisServer.start({
        settings: {
          'cluster-enabled': 'yes',
          'cluster-node-timeout': String(NODE_TIMEOUT_MS),
          // The default, the port and 10,000, may be no port.
          'cluster-port': String(await freePort()),
          ...(tls ? { ...redisTls(tls, await freePort()), ...NAMED } : {}),
        },
      }),
    );
    const cluster = new RedisCluster(await Promise.all(starting));
    await cluster.join();
    return cluster;
  }

  get env(): Record<string, string> {
    const nodes = this.nodes.map(({ port }) => `127.0.0.1:${port}`);
    return { REDIS_URL: '', REDIS_CLUSTER_NODES: nodes.join(',') };
  }

  /** The node that most running nodes take for the owner of a key. @throws when there is none */
  async ownerOf(key: string): Promise<RedisServer> {
    const slot = keySlot(key);
    const votes = await Promise.all(
      this.nodes.map(async ({ port }) => {
        const [ranges] = await redisCommands(port, [['CLUSTER', 'SLOTS']]).catch(() => [[]]);
        const found = (ranges as [number, number, [string, number]][]).find(
          ([from, to]) => from <= slot && slot <= to,
        );
        return found?.[2][1];
      }),
    );
    const owner = this.nodes.find(
      ({ port }) => votes.filter((vote) => vote === port).length * 2 > this.nodes.length,
    );
    if (!owner) throw new Error('the nodes do not agree on the owner');
    return owner;
  }

  /** Waits until the nodes have agreed on another owner of a key than this one. */
  async failedOver(key: string, from: RedisServer): Promise<void> {
    await waitUntil('another node owns the slot', async () => (await this.ownerOf(key)) !== from, PATIENCE);
  }

  /** Moves the slot of a key, with all of its keys, to another master, in the steps of `redis-cli --cluster reshard`. */
  async migrate(key: string): Promise<RedisServer> {
    const slot = String(keySlot(key));
    const source = await this.ownerOf(key);
    const target = await this.otherMaster(source);
    const [sourceId, targetId] = await Promise.all([idOf(source), idOf(target)]);
    await redisCommands(target.port, [['CLUSTER', 'SETSLOT', slot, 'IMPORTING', sourceId]]);
    await redisCommands(source.port, [['CLUSTER', 'SETSLOT', slot, 'MIGRATING', targetId]]);
    for (;;) {
      const [keys] = await redisCommands(source.port, [['CLUSTER', 'GETKEYSINSLOT', slot, '100']]);
      if ((keys as string[]).length === 0) break;
      const move = ['MIGRATE', '127.0.0.1', String(target.port), '', '0', '5000', 'REPLACE', 'KEYS'];
      await redisCommands(source.port, [[...move, ...(keys as string[])]]);
    }
    for (const { port } of [target, source])
      await redisCommands(port, [['CLUSTER', 'SETSLOT', slot, 'NODE', targetId]]);
    return target;
  }

  async dispose(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.dispose()));
  }

  private async otherMaster(than: RedisServer): Promise<RedisServer> {
    for (const node of this.nodes) {
      if (node === than || !node.isRunning) continue;
      const [role] = await redisCommands(node.port, [['ROLE']]).catch(() => [[]]);
      if ((role as unknown[])[0] === 'master') return node;
    }
    throw new Error('there is no other master');
  }

  private async join(): Promise<void> {
    const [first, ...others] = this.nodes;
    if (!first) throw new Error('a cluster has nodes');
    for (const [index, { port }] of this.nodes.slice(0, MASTERS).entries()) {
      const from = Math.floor((index * SLOTS) / MASTERS);
      const to = Math.floor(((index + 1) * SLOTS) / MASTERS) - 1;
      await redisCommands(port, [
        ['CLUSTER', 'ADDSLOTSRANGE', String(from), String(to)],
        ['CLUSTER', 'SET-CONFIG-EPOCH', String(index + 1)],
      ]);
    }
    for (const node of others) {
      const busPort = node.setting('cluster-port');
      await redisCommands(first.port, [['CLUSTER', 'MEET', '127.0.0.1', String(node.port), busPort]]);
    }
    for (const { port } of this.nodes) {
      await waitUntil(
        'every node knows every other',
        async () => {
          const [known] = await redisCommands(port, [['CLUSTER', 'NODES']]);
          return (
            String(known)
              .trim()
              .split('\n')
              .filter((line) => !line.includes('handshake')).length === this.nodes.length
          );
        },
        PATIENCE,
      );
    }
    for (const [index, { port }] of this.nodes.slice(MASTERS).entries()) {
      const master = this.nodes[index];
      if (master) await redisCommands(port, [['CLUSTER', 'REPLICATE', await idOf(master)]]);
    }
    for (const { port } of this.nodes) {
      await waitUntil(
        'the cluster is complete',
        async () => {
          const [[info], [slots]] = await Promise.all([
            redisCommands(port, [['CLUSTER', 'INFO']]),
            redisCommands(port, [['CLUSTER', 'SLOTS']]),
          ]);
          const replicas = (slots as unknown[][]).filter((range) => range.length > 3).length;
          return String(info).includes('cluster_state:ok') && replicas === MASTERS;
        },
        PATIENCE,
      );
    }
  }
}

async function idOf({ port }: RedisServer): Promise<string> {
  const [id] = await redisCommands(port, [['CLUSTER', 'MYID']]);
  return String(id);
}
