import { type GroupServer, MASTER_NAME, SENTINEL, type SentinelGroup } from '../../support/sentinel-group.js';
import { waitUntil } from '../../support/wait-until.js';
import type { FaultPlan } from './planned-fault.js';

const PATIENCE = { timeoutMs: 60_000, everyMs: 100 };

/** Faults of a master with replicas and sentinels. */
export function sentinelFaults(group: SentinelGroup): FaultPlan[] {
  /** During a failover, the sentinels do not agree for a moment. */
  const currentMaster = () => waitUntil('there is a master', () => group.master(), PATIENCE);

  /** A fault of the server that is the master when it is injected. */
  const ofMaster = (
    name: string,
    inject: (master: GroupServer) => unknown,
    heal: (master: GroupServer) => unknown = () => {},
  ): FaultPlan => {
    return () => {
      let master: GroupServer | null = null;
      return {
        name,
        inject: async () => {
          master = await currentMaster();
          await inject(master);
        },
        heal: async () => {
          if (master) await heal(master);
        },
      };
    };
  };

  const ofSentinels = (name: string, count: number): FaultPlan => {
    return (_scene, random) => {
      const first = random.below(group.sentinels.length);
      const chosen = [...group.sentinels, ...group.sentinels].slice(first, first + count);
      return {
        name,
        inject: async () => {
          for (const sentinel of chosen) sentinel.pause();
        },
        heal: async () => {
          for (const sentinel of chosen) sentinel.resume();
        },
      };
    };
  };

  const isolate = ({ proxy }: GroupServer) => proxy.hang(SENTINEL, 'replconf');
  const reconnect = ({ proxy }: GroupServer) => proxy.heal();

  const oneWithoutSentinels: FaultPlan = ({ cluster }, random) => {
    const { voters } = random.of(cluster.nodes);
    return {
      name: 'one instance cut off from the sentinels',
      inject: async () => {
        for (const proxy of voters) await proxy.cut();
      },
      heal: async () => {
        for (const proxy of voters) await proxy.heal();
      },
    };
  };

  const splitBrain: FaultPlan = (scene, random) => {
    const isolated = ofMaster('', isolate, reconnect)(scene, random);
    const cut = oneWithoutSentinels(scene, random);
    return {
      name: 'old master still answers an instance that is cut off from the sentinels',
      inject: async () => {
        await cut.inject();
        await isolated.inject();
      },
      heal: async () => {
        await isolated.heal();
        await cut.heal();
      },
    };
  };

  return [
    ofMaster(
      'master killed',
      ({ server }) => server.kill(),
      ({ server }) => server.start(),
    ),
    ofMaster(
      'master paused',
      ({ server }) => server.pause(),
      ({ server }) => server.resume(),
    ),
    ofMaster('old master still answers the instances', isolate, reconnect),
    ofMaster('master flushed', ({ server }) => server.send('FLUSHALL')),
    ofMaster('failover on command', () => group.sentinels[0]?.send(`SENTINEL FAILOVER ${MASTER_NAME}`)),
    ofSentinels('one sentinel paused', 1),
    ofSentinels('two of three sentinels paused', 2),
    oneWithoutSentinels,
    splitBrain,
  ];
}
