import type { RedisCluster } from '../../support/redis-cluster.js';
import type { RedisServer } from '../../support/redis-server.js';
import { waitUntil } from '../../support/wait-until.js';
import type { FaultPlan } from './planned-fault.js';

const PATIENCE = { timeoutMs: 60_000, everyMs: 100 };

/** Faults of a Redis Cluster; most of them hit the node that owns the slot of the instances. */
export function redisClusterFaults(redis: RedisCluster): FaultPlan[] {
  const ofOwner = (
    name: string,
    inject: (owner: RedisServer, key: string) => unknown,
    heal: (owner: RedisServer) => unknown = () => {},
  ): FaultPlan => {
    return ({ cluster }) => {
      let owner: RedisServer | null = null;
      const key = slotKey(cluster.prefix);
      return {
        name,
        inject: async () => {
          owner = await waitUntil('a node owns the slot', () => redis.ownerOf(key), PATIENCE);
          await inject(owner, key);
        },
        heal: async () => {
          if (owner) await heal(owner);
        },
      };
    };
  };

  const oneWithoutNodes: FaultPlan = ({ cluster }, random) => {
    const { voters } = random.of(cluster.nodes);
    return {
      name: 'one instance cannot ask who owns the slot',
      inject: async () => {
        for (const proxy of voters) await proxy.cut();
      },
      heal: async () => {
        for (const proxy of voters) await proxy.heal();
      },
    };
  };

  return [
    ofOwner(
      'owner killed',
      (owner) => owner.kill(),
      (owner) => owner.start(),
    ),
    ofOwner(
      'owner paused',
      (owner) => owner.pause(),
      (owner) => owner.resume(),
    ),
    ofOwner('owner flushed', (owner) => owner.send('FLUSHALL')),
    ofOwner('slot moved to another master', (_owner, key) => redis.migrate(key)),
    oneWithoutNodes,
  ];
}

/** A key in the slot of the instances. */
export function slotKey(prefix: string): string {
  return `{${prefix}}:instances`;
}
