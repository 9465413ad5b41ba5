import { type GuardedScenario, REVOKER } from './guarded-scenario.js';

const PROBE_MS = 300;

/** A session is revoked while a guarded server with a stream of it is paused, for longer than its lease. */
export async function revokedWhileStalled(scenario: GuardedScenario): Promise<void> {
  const session = await scenario.warmSession();
  await scenario.open(session);
  await scenario.wire.leased();
  await scenario.broken('the server is paused', async () => {
    scenario.server.pause();
    try {
      await scenario.recorder.logout(REVOKER, session);
    } finally {
      scenario.server.resume();
    }
    await scenario.probe(session, PROBE_MS);
  });
}
