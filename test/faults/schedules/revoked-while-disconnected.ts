import { setTimeout as sleep } from 'node:timers/promises';
import { REVOKER, type Stage } from './scenario.js';

const HUNT_MS = 2_500;
/** A subscription is tried again every 100 ms, commands after half a second at most. */
const BACK_MS = 200;

/** A session ends while the witness is cut off from Redis and from Postgres; then only Redis comes back. */
export async function endedWhileAway(stage: Stage): Promise<void> {
  const held = await stage.warmSession();
  const { redis, postgres } = stage.witness;
  const breakIt = () => Promise.all([redis.cut(), postgres.cut()]);
  await stage.broken('no Redis, no Postgres', breakIt, async () => {
    await stage.recorder.logout(REVOKER, held);
    await redis.heal();
    await sleep(BACK_MS);
    await stage.hunt(held, HUNT_MS);
  });
}
