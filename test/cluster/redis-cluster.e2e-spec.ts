import { Api } from '../support/api.js';
import type { RedisServer } from '../support/redis-server.js';
import { waitUntil } from '../support/wait-until.js';
import { Cluster } from './history/cluster.js';
import { excerpts } from './history/excerpt.js';
import type { PlannedFault } from './history/planned-fault.js';
import { type RedisClusterDeployment, startRedisCluster } from './history/redis-cluster-deployment.js';
import { slotKey } from './history/redis-cluster-faults.js';
import { redisCommands } from './history/redis-commands.js';
import { torture } from './history/torture.js';

const LOAD = { users: 6, sessions: 40, clients: 8 };
/** `npm run torture -- --on cluster` runs longer, with any seed. */
const SECONDS = 60;
const PATIENCE = { timeoutMs: 60_000, everyMs: 100 };

describe('with a Redis Cluster', () => {
  let deployment: RedisClusterDeployment;
  let cluster: Cluster;

  beforeAll(async () => {
    deployment = await startRedisCluster();
    cluster = await Cluster.start({ instances: 2, deployment });
    await cluster.recovered();
    // The first request of a process is slow, and clients of the history wait for a limited time.
    for (const { url } of cluster.nodes) await new Api(url).newcomer();
    await cluster.recovered();
  }, 400_000);
  afterAll(async () => {
    await cluster?.stop();
  });

  const registeredAt = async ({ port }: RedisServer) => {
    const [entries] = await redisCommands(port, [['HKEYS', slotKey(cluster.prefix)]]);
    return (entries as string[]).length;
  };

  it('keeps the promises while the slot moves and its owner fails, under load', async () => {
    const { redis } = deployment;
    const key = slotKey(cluster.prefix);
    const moved: PlannedFault = {
      name: 'slot moved to another master',
      inject: async () => {
        const owner = await redis.migrate(key);
        await waitUntil('both follow', async () => (await registeredAt(owner)) === 2, PATIENCE);
      },
      heal: () => cluster.recovered(),
    };
    const killed: PlannedFault = {
      name: 'owner killed',
      inject: async () => {
        const owner = await redis.ownerOf(key);
        await owner.kill();
        await redis.failedOver(key, owner);
      },
      heal: () => cluster.recovered(),
    };
    const { history, violations } = await torture({
      ...{ seconds: SECONDS, seed: 1, log: () => {}, cluster, load: LOAD, faults: [moved, killed] },
    });
    expect(excerpts(history, violations.slice(0, 5))).toEqual([]);
    expect(history.faults.map(({ name }) => name)).toEqual([moved.name, killed.name]);
  }, 400_000);
});
