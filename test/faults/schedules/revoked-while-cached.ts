import { poison } from '../history/poison-cache.js';
import { REVOKER, type Stage } from './scenario.js';

const HUNT_MS = 300;

/** A session ends that the witness holds in memory, and that Redis still says is alive. */
export async function endedWhileCached(stage: Stage): Promise<void> {
  const held = await stage.warmSession();
  await stage.recorder.logout(REVOKER, held);
  await poison(stage.cluster.redis.port, stage.cluster.prefix, [held]);
  await stage.hunt(held, HUNT_MS);
}
