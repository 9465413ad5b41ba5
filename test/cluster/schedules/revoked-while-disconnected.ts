import { setTimeout as sleep } from 'node:timers/promises';
import { REVOKER, type Scenario } from './scenario.js';

const PROBE_MS = 2_500;
/** A subscription reconnects within 100 ms, the command connection within half a second. */
const BACK_MS = 200;

/** A session is revoked while the witness is cut off from Redis and Postgres; then only Redis comes back. */
export async function revokedWhileDisconnected(scenario: Scenario): Promise<void> {
  const session = await scenario.warmSession();
  const { redis, postgres } = scenario.witness;
  const inject = () => Promise.all([redis.cut(), postgres.cut()]);
  await scenario.broken('no Redis, no Postgres', inject, async () => {
    await scenario.recorder.logout(REVOKER, session);
    await redis.heal();
    await sleep(BACK_MS);
    await scenario.probe(session, PROBE_MS);
  });
}
