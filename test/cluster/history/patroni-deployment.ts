import { PatroniCluster } from '../../support/patroni/patroni-cluster.js';
import type { Deployment } from './deployment.js';
import { allInstances, INSTANCE_FAULTS } from './instance-faults.js';
import type { FaultPlan } from './planned-fault.js';

/** Postgres servers with synchronous replication, managed by Patroni, behind HAProxy. */
export async function startPatroniDeployment(
  nodes: number,
): Promise<Deployment & { postgres: PatroniCluster }> {
  const postgres = await PatroniCluster.start({ nodes });
  return {
    env: {},
    postgres,
    faults: { instances: [...INSTANCE_FAULTS, ...faultsOf(postgres)] },
    dispose: async () => {},
  };
}

function faultsOf(postgres: PatroniCluster): FaultPlan[] {
  const switchover: FaultPlan = ({ cluster }) => ({
    name: 'Patroni: switchover',
    withoutPostgres: allInstances(cluster),
    inject: () => postgres.switchOver(),
    heal: async () => {},
  });
  const standbyKilled: FaultPlan = ({ cluster }) => ({
    name: 'Patroni: a standby killed',
    withoutPostgres: allInstances(cluster),
    inject: () => postgres.killStandby(),
    heal: () => postgres.start(),
  });
  // Without etcd, Patroni demotes the primary: another one could have been elected.
  const etcdKilled: FaultPlan = ({ cluster }) => ({
    name: 'Patroni: etcd killed',
    withoutPostgres: allInstances(cluster),
    inject: () => postgres.etcd.kill(),
    heal: async () => {
      await postgres.etcd.start();
      await postgres.primary();
    },
  });
  return [switchover, switchover, standbyKilled, etcdKilled];
}
