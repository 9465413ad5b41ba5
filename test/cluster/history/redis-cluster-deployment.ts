import { RedisCluster } from '../../support/redis-cluster.js';
import type { Deployment } from './deployment.js';
import { redisClusterFaults } from './redis-cluster-faults.js';

export interface RedisClusterDeployment extends Deployment {
  readonly redis: RedisCluster;
}

/** Instances with a Redis Cluster of six nodes. */
export async function startRedisCluster(): Promise<RedisClusterDeployment> {
  const redis = await RedisCluster.start();
  return {
    redis,
    env: redis.env,
    faults: { redis: redisClusterFaults(redis) },
    dispose: () => redis.dispose(),
  };
}
