import { type GuardedScenario, REVOKER } from './guarded-scenario.js';

const PROBE_MS = 300;

/** All other sessions of a user are revoked while a transaction keeps the row of one of them from being closed. */
export async function revokedByCutOffAtGuard(scenario: GuardedScenario): Promise<void> {
  const session = await scenario.warmSession();
  const actor = await scenario.login(session.user);
  await scenario.open(session);
  const release = await scenario.cluster.holdSession(session.id);
  try {
    await scenario.recorder.revokeOthers(REVOKER, actor);
    await scenario.probe(session, PROBE_MS);
  } finally {
    await release();
  }
}
