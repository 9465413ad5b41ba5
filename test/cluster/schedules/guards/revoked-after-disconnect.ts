import { setTimeout as sleep } from 'node:timers/promises';
import { type GuardedScenario, REVOKER } from './guarded-scenario.js';

/** The parent notices at once that the connection is closed. */
const NOTICED_MS = 200;
const PROBE_MS = 1_000;

/** A session is revoked right after its guard has lost the connection, while it still holds its lease. */
export async function revokedAfterDisconnect(scenario: GuardedScenario): Promise<void> {
  const session = await scenario.warmSession();
  await scenario.wire.leased();
  await scenario.broken('the guard is cut off', async () => {
    scenario.wire.cut();
    await sleep(NOTICED_MS);
    await scenario.recorder.logout(REVOKER, session);
    await scenario.probe(session, PROBE_MS);
  });
}
