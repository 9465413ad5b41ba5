import { formerReplica } from '../history/detached-replica.js';
import { REVOKER, type Stage } from './scenario.js';

const SESSIONS = 2;
const HUNT_MS = 2_000;

/** Two masters at once: the revoker meets the one and the witness the other, and both can reach Postgres. */
export async function endedInASplitBrain(stage: Stage): Promise<void> {
  const { recorder, cluster, witness } = stage;
  const struckOff = await stage.warmSession();
  const second = await formerReplica(cluster.redis);
  try {
    witness.redis.retarget(second);
    // The revoker waits for the witness once, in vain, and no more after that.
    await recorder.logout(REVOKER, struckOff);
    for (let count = 0; count < SESSIONS; count++) {
      const held = await stage.warmSession();
      await recorder.logout(REVOKER, held);
      await stage.hunt(held, HUNT_MS);
    }
  } finally {
    witness.redis.retarget(cluster.redis);
    await second.dispose();
  }
}
