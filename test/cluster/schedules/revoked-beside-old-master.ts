import type { RedisServer } from '../../support/redis-server.js';
import { type GroupServer, SENTINEL, type SentinelGroup } from '../../support/sentinel-group.js';
import { waitUntil } from '../../support/wait-until.js';
import { isRecovered } from '../history/cluster.js';
import { redisCommands } from '../history/redis-commands.js';
import { REVOKER, type Scenario } from './scenario.js';

const PROBE_MS = 1_000;
const PATIENCE = { timeoutMs: 60_000, everyMs: 100 };

/**
 * A split brain: the sentinels have lost the master and appointed another one, but the witness reaches only the old one,
 * neither a sentinel nor Postgres.
 *
 * @returns the old master; it is a replica by the end
 */
export async function revokedBesideOldMaster(scenario: Scenario, group: SentinelGroup): Promise<GroupServer> {
  const { recorder, cluster, witness } = scenario;
  const session = await scenario.warmSession();
  const old = await group.master();
  const isolate = async () => {
    for (const proxy of witness.voters) await proxy.cut();
    old.proxy.hang(SENTINEL, 'replconf');
  };
  await scenario.broken('old master still answers', isolate, async () => {
    const { server } = await group.failedOver(old);
    await waitUntil('the revoker has followed', () => hasInstance(server), PATIENCE);
    await waitUntil(
      'it trusts its caches again',
      () => isRecovered(cluster.nodes[REVOKER]?.url ?? ''),
      PATIENCE,
    );
    // Otherwise the witness would know within half a second.
    await witness.postgres.cut();
    await recorder.logout(REVOKER, session);
    await scenario.probe(session, PROBE_MS);
  });
  for (const proxy of [old.proxy, ...witness.voters]) await proxy.heal();
  return old;
}

async function hasInstance({ port }: RedisServer): Promise<boolean> {
  const [clients] = await redisCommands(port, [['CLIENT', 'LIST']]);
  return String(clients).includes('name=latchkey');
}
