import { detachedReplica } from '../history/detached-replica.js';
import { REVOKER, type Scenario } from './scenario.js';

const SESSIONS = 2;
const PROBE_MS = 2_000;

/** Two Redis masters: the revoker uses one and the witness the other, and both can reach Postgres. */
export async function revokedInSplitBrain(scenario: Scenario): Promise<void> {
  const { recorder, cluster, witness } = scenario;
  const struckOff = await scenario.warmSession();
  const second = await detachedReplica(cluster.redis);
  try {
    witness.redis.retarget(second);
    // The revoker waits once for the witness's acknowledgement, which never comes, and then strikes it off the table.
    await recorder.logout(REVOKER, struckOff);
    for (let count = 0; count < SESSIONS; count++) {
      const session = await scenario.warmSession();
      await recorder.logout(REVOKER, session);
      await scenario.probe(session, PROBE_MS);
    }
  } finally {
    witness.redis.retarget(cluster.redis);
    await second.dispose();
  }
}
