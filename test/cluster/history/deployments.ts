import type { StartDeployment } from './deployment.js';
import { startPatroniDeployment } from './patroni-deployment.js';
import { startPgBouncerDeployment } from './pgbouncer-deployment.js';
import { startRedisCluster } from './redis-cluster-deployment.js';
import { startSentinel } from './sentinel-deployment.js';

/** What `npm run torture -- --on <name>` can name, besides the default: one Postgres and one Redis. */
export const DEPLOYMENTS: Readonly<Record<string, StartDeployment>> = {
  sentinel: () => startSentinel(),
  cluster: startRedisCluster,
  patroni: () => startPatroniDeployment(3),
  pgbouncer: startPgBouncerDeployment,
};
