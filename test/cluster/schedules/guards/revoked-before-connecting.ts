import { type GuardedScenario, REVOKER } from './guarded-scenario.js';

const PROBE_MS = 300;

/** A guarded server starts after a session was revoked whose token has not expired. */
export async function revokedBeforeConnecting(scenario: GuardedScenario): Promise<void> {
  const session = await scenario.warmSession();
  await scenario.recorder.logout(REVOKER, session);
  await scenario.broken('the server starts again', () => scenario.restartServer());
  await scenario.wire.leased();
  await scenario.probe(session, PROBE_MS);
}
