import { type GuardedScenario, REVOKER } from './guarded-scenario.js';

const PROBE_MS = 1_000;

/** A session is revoked as soon as its guard's parent has shut down, which the guard was not told. */
export async function revokedWhileParentLeaves(scenario: GuardedScenario): Promise<void> {
  const session = await scenario.warmSession();
  await scenario.wire.leased();
  await scenario.broken('the parent shuts down', async () => {
    scenario.wire.toGuard = ({ type }) => type !== 'bye';
    await scenario.parent.stop();
    await scenario.recorder.logout(REVOKER, session);
    await scenario.probe(session, PROBE_MS);
  });
}
