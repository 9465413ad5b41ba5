import { setTimeout as sleep } from 'node:timers/promises';
import { detachedReplica } from './detached-replica.js';
import type { FaultPlan } from './planned-fault.js';
import { poisonCache } from './poison-cache.js';

const POISON_EVERY_MS = 200;
const POISONED = 300;

const killed: FaultPlan = ({ cluster }) => ({
  name: 'Redis killed and restarted empty',
  inject: () => cluster.redis.kill(),
  heal: () => cluster.startRedis(null),
});

const rewound: FaultPlan = ({ cluster, oldSnapshot }) => ({
  name: 'Redis restarted from an old snapshot',
  inject: async () => {
    await cluster.redis.kill();
    await cluster.startRedis(oldSnapshot);
  },
  heal: async () => {},
});

const restarted: FaultPlan = ({ cluster }) => ({
  name: 'Redis restarted empty immediately',
  inject: async () => {
    await cluster.redis.kill();
    await cluster.startRedis(null);
  },
  heal: async () => {},
});

const stopped: FaultPlan = ({ cluster }) => ({
  name: 'Redis paused (accepts connections, never responds)',
  inject: async () => cluster.redis.pause(),
  heal: async () => cluster.redis.resume(),
});

const flushed: FaultPlan = ({ cluster }) => ({
  name: 'Redis flushed',
  inject: async () => {
    await cluster.redis.send('FLUSHALL');
  },
  heal: async () => {},
});

const slow: FaultPlan = ({ cluster }, random) => {
  const isForOne = random.next() < 0.5;
  const chosen = isForOne ? [random.of(cluster.nodes)] : cluster.nodes;
  return {
    name: isForOne ? 'Redis delayed by 200 ms for one instance' : 'Redis delayed by 200 ms for all instances',
    inject: async () => {
      for (const { redis } of chosen) redis.delay(200);
    },
    heal: async () => {
      for (const { redis } of chosen) await redis.heal();
    },
  };
};

const hung: FaultPlan = ({ cluster }) => ({
  name: 'Redis hangs for all instances',
  inject: async () => {
    for (const { redis } of cluster.nodes) redis.hang();
  },
  heal: async () => {
    for (const { redis } of cluster.nodes) await redis.heal();
  },
});

const oneHung: FaultPlan = ({ cluster }, random) => {
  const { redis } = random.of(cluster.nodes);
  return {
    name: 'Redis hangs for one instance',
    inject: async () => redis.hang(),
    heal: () => redis.heal(),
  };
};

const oneCut: FaultPlan = ({ cluster }, random) => {
  const { redis } = random.of(cluster.nodes);
  return { name: 'one instance cut off from Redis', inject: () => redis.cut(), heal: () => redis.heal() };
};

const halfOpen: FaultPlan = ({ cluster }, random) => {
  const { redis } = random.of(cluster.nodes);
  return {
    name: 'half-open subscription of one instance',
    inject: async () => redis.hang('subscribe'),
    heal: () => redis.heal(),
  };
};

const poisoned: FaultPlan = ({ cluster, ended }) => {
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();
  return {
    name: 'cache poisoned: ended sessions look active',
    inject: async () => {
      timer = setInterval(() => {
        writing = poisonCache(cluster.redis.port, cluster.prefix, ended.slice(-POISONED)).catch(() => {
          // Redis is up but the machine is slow; the next write follows soon.
        });
      }, POISON_EVERY_MS);
    },
    heal: async () => {
      clearInterval(timer);
      await writing;
    },
  };
};

/** A replica stops following, falls behind, and then replaces its master. */
const promoted: FaultPlan = ({ cluster }, random) => {
  const lagMs = random.between(500, 4_000);
  return {
    name: 'lagging Redis replica promoted',
    inject: async () => {
      const replica = await detachedReplica(cluster.redis);
      await sleep(lagMs);
      await cluster.redis.kill();
      await cluster.switchTo(replica);
    },
    heal: async () => {},
  };
};

const evicted: FaultPlan = ({ cluster }, random) => {
  const policy = random.of(['allkeys-random', 'noeviction']);
  const configure = async (maxmemory: string) => {
    await cluster.redis.send(`CONFIG SET maxmemory-policy ${policy}`);
    await cluster.redis.send(`CONFIG SET maxmemory ${maxmemory}`);
  };
  return {
    name: `Redis out of memory (${policy})`,
    inject: () => configure('1mb'),
    heal: () => configure('0'),
  };
};

/** At most one of these is active at a time. */
export const REDIS_FAULTS: readonly FaultPlan[] = [
  killed,
  rewound,
  restarted,
  stopped,
  flushed,
  slow,
  hung,
  oneHung,
  oneCut,
  halfOpen,
  poisoned,
  promoted,
  evicted,
];
