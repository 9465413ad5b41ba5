import { REVOKER, type Stage } from './scenario.js';

const HUNT_MS = 1_000;

/**
 * A session ends while the witness's subscription is half open beside a healthy command connection, and Postgres,
 * which would tell it, cannot be reached.
 */
export async function endedWhileDeaf(stage: Stage): Promise<void> {
  const held = await stage.warmSession();
  const { redis, postgres } = stage.witness;
  const breakIt = async () => {
    redis.hang('subscribe');
    await postgres.cut();
  };
  await stage.broken('half-open subscription, no Postgres', breakIt, async () => {
    await stage.recorder.logout(REVOKER, held);
    await stage.hunt(held, HUNT_MS);
  });
}
