import { type GuardedScenario, REVOKER } from './guarded-scenario.js';

const PROBE_MS = 1_000;

/** A session is revoked while the parent of its guard hears of no revocation, neither from Redis nor from Postgres. */
export async function revokedWhileParentIsCutOff(scenario: GuardedScenario): Promise<void> {
  const session = await scenario.warmSession();
  const { redis, postgres } = scenario.parent;
  await scenario.broken('half-open subscription, no Postgres', async () => {
    redis.hang('subscribe');
    await postgres.cut();
    try {
      await scenario.recorder.logout(REVOKER, session);
      await scenario.probe(session, PROBE_MS);
    } finally {
      await redis.heal();
      await postgres.heal();
    }
  });
}
