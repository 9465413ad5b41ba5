import { type GuardedScenario, REVOKER } from './guarded-scenario.js';

/** Until after any lease. */
const PROBE_MS = 3_500;

/** A session is revoked while nothing arrives at its guard any more, which holds a lease and has a stream. */
export async function revokedWhileUnheard(scenario: GuardedScenario): Promise<void> {
  const session = await scenario.warmSession();
  await scenario.open(session);
  await scenario.wire.leased();
  await scenario.broken('messages are lost', async () => {
    scenario.wire.silence();
    await scenario.recorder.logout(REVOKER, session);
    await scenario.probe(session, PROBE_MS);
  });
}
