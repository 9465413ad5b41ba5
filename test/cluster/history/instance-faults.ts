import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from './cluster.js';
import type { Node } from './node.js';
import type { FaultPlan } from './planned-fault.js';

const START_TRIES = 20;

const killed: FaultPlan = ({ cluster }, random) => {
  const node = random.of(cluster.nodes);
  return {
    name: 'instance killed',
    withoutPostgres: [node.index],
    inject: () => node.kill(),
    heal: () => startAgain(node),
  };
};

const stalled: FaultPlan = ({ cluster }, random) => {
  const node = random.of(cluster.nodes);
  return {
    name: 'instance paused and resumed',
    withoutPostgres: [node.index],
    inject: async () => node.pause(),
    heal: async () => node.resume(),
  };
};

const cut: FaultPlan = ({ cluster }, random) => {
  const { index, postgres } = random.of(cluster.nodes);
  return {
    name: 'one instance cut off from Postgres',
    withoutPostgres: [index],
    inject: () => postgres.cut(),
    heal: () => postgres.heal(),
  };
};

const hung: FaultPlan = ({ cluster }, random) => {
  const { index, postgres } = random.of(cluster.nodes);
  return {
    name: 'Postgres hangs for one instance',
    withoutPostgres: [index],
    inject: async () => postgres.hang(),
    heal: () => postgres.heal(),
  };
};

const postgresStopped: FaultPlan = ({ cluster }) => ({
  name: 'Postgres paused (accepts connections, never responds)',
  withoutPostgres: allInstances(cluster),
  inject: async () => cluster.postgres.pause(),
  heal: async () => cluster.postgres.resume(),
});

const postgresKilled: FaultPlan = ({ cluster }) => ({
  name: 'Postgres killed',
  withoutPostgres: allInstances(cluster),
  inject: () => cluster.postgres.kill(),
  heal: async () => {
    await cluster.postgres.start();
  },
});

/** At most one of these is active at a time, possibly together with a Redis fault. */
export const INSTANCE_FAULTS: readonly FaultPlan[] = [
  killed,
  stalled,
  cut,
  hung,
  postgresStopped,
  postgresKilled,
  stalled,
  cut,
];

export function allInstances({ nodes }: Cluster): number[] {
  return nodes.map(({ index }) => index);
}

/** An instance cannot start while Redis or Postgres is down, and other faults bring those back. */
async function startAgain(node: Node): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await node.start();
      return;
    } catch (error) {
      if (tries === START_TRIES) throw error;
      await sleep(500);
    }
  }
}
