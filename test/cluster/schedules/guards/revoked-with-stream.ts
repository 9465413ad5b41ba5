import { type GuardedScenario, REVOKER } from './guarded-scenario.js';

const PROBE_MS = 300;

/** A session is revoked that a guarded server grants from memory, and that has a stream there. */
export async function revokedWithStream(scenario: GuardedScenario): Promise<void> {
  const session = await scenario.warmSession();
  await scenario.open(session);
  await scenario.recorder.logout(REVOKER, session);
  await scenario.probe(session, PROBE_MS);
}
