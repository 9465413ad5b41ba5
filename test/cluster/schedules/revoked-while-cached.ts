import { poisonCache } from '../history/poison-cache.js';
import { REVOKER, type Scenario } from './scenario.js';

const PROBE_MS = 300;

/** A session is revoked that the witness has cached in memory and that Redis still shows as active. */
export async function revokedWhileCached(scenario: Scenario): Promise<void> {
  const session = await scenario.warmSession();
  await scenario.recorder.logout(REVOKER, session);
  await poisonCache(scenario.cluster.redis.port, scenario.cluster.prefix, [session]);
  await scenario.probe(session, PROBE_MS);
}
