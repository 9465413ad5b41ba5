import { poisonCache } from '../history/poison-cache.js';
import { REVOKER, type Scenario } from './scenario.js';

const PROBE_MS = 300;

/** A session ends that the witness holds in memory, and that Redis still says is alive. */
export async function revokedWhileCached(scenario: Scenario): Promise<void> {
  const session = await scenario.warmSession();
  await scenario.recorder.logout(REVOKER, session);
  await poisonCache(scenario.cluster.redis.port, scenario.cluster.prefix, [session]);
  await scenario.probe(session, PROBE_MS);
}
