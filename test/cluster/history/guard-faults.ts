import type { TcpProxy } from '../../support/tcp-proxy.js';
import type { FaultPlan, PlannedFault, Scene } from './planned-fault.js';
import type { Random } from './random.js';

/** Two pings may be late, but a connection on which nothing arrives for half of a lease counts as dead. */
const DELAY_MS = 200;
/** A guard reconnects after 100 ms or more, so that its connection is lost again and again. */
const BREAK_EVERY_MS = 400;

const killed: FaultPlan = ({ cluster }, random) => {
  const server = random.of(cluster.guarded);
  return {
    name: 'guarded server killed',
    guarded: [server.index],
    inject: () => server.kill(),
    heal: () => server.start(),
  };
};

const stalled: FaultPlan = ({ cluster }, random) => {
  const server = random.of(cluster.guarded);
  return {
    name: 'guarded server paused and resumed',
    guarded: [server.index],
    inject: async () => server.pause(),
    heal: async () => server.resume(),
  };
};

const cut: FaultPlan = (scene, random) =>
  onLinks(scene, random, 'cut off from', (links) => Promise.all(links.map((link) => link.cut())));

const hung: FaultPlan = (scene, random) =>
  onLinks(scene, random, 'connected half open to', async (links) => {
    for (const link of links) link.hang();
  });

const stranded: FaultPlan = (scene, random) =>
  onLinks(scene, random, 'silently disconnected from', async (links) => {
    for (const link of links) link.strand();
  });

const slow: FaultPlan = (scene, random) =>
  onLinks(scene, random, `${DELAY_MS} ms away from`, async (links) => {
    for (const link of links) link.delay(DELAY_MS);
  });

/** What the service writes, pongs and ends, arrives late, but the guard is heard. */
const unanswered: FaultPlan = (scene, random) =>
  onLinks(scene, random, 'without answers of', async (links) => {
    for (const link of links) link.holdAnswers();
  });

const broken: FaultPlan = (scene, random) => {
  let timer: NodeJS.Timeout | undefined;
  const fault = onLinks(scene, random, 'again and again disconnected from', async (links) => {
    timer = setInterval(() => {
      for (const link of links) link.breakConnections();
    }, BREAK_EVERY_MS);
  });
  return {
    ...fault,
    heal: async () => {
      clearInterval(timer);
      await fault.heal();
    },
  };
};

/** At most one of these is active at a time, possibly together with a Redis fault and one of an instance. */
export const GUARD_FAULTS: readonly FaultPlan[] = [
  ...[killed, stalled, cut, hung, stranded, slow, unanswered, broken],
  ...[stalled, cut],
];

/** Breaks the connections of one guarded server or of all, to all instances or to one. */
function onLinks(
  { cluster }: Scene,
  random: Random,
  what: string,
  inject: (links: readonly TcpProxy[]) => Promise<unknown>,
): PlannedFault {
  const isForOne = random.next() < 0.6;
  const servers = isForOne ? [random.of(cluster.guarded)] : cluster.guarded;
  const instance = random.next() < 0.4 ? random.below(cluster.nodes.length) : null;
  const links = servers.flatMap((server) =>
    server.links.filter((_, index) => instance === null || index === instance),
  );
  const who = isForOne ? 'one guarded server' : 'all guarded servers';
  return {
    name: `${who} ${what} ${instance === null ? 'all instances' : 'one instance'}`,
    guarded: servers.map(({ index }) => index),
    inject: async () => {
      await inject(links);
    },
    heal: async () => {
      await Promise.all(links.map((link) => link.heal()));
    },
  };
}
