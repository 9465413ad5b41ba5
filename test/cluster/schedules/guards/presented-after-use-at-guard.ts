import { setTimeout as sleep } from 'node:timers/promises';
import { type GuardedScenario, REVOKER } from './guarded-scenario.js';

/** Longer than a use takes to be reported and written. */
const LATER_MS = 3_500;

/** The successor of a refresh token is used at a guarded server; then a copy of its predecessor is presented. */
export async function presentedAfterUseAtGuard(scenario: GuardedScenario): Promise<void> {
  const { recorder } = scenario;
  const session = await scenario.warmSession();
  const copy = { ...session };
  await recorder.refresh(REVOKER, session);
  await scenario.granted(session);
  await sleep(scenario.cluster.graceMs + LATER_MS);
  await recorder.refresh(REVOKER, copy);
}
