import { setTimeout as sleep } from 'node:timers/promises';
import { REVOKER, type Scenario, WITNESS } from './scenario.js';

/** Longer than the grace, and than a use takes to be written. */
const LATER_MS = 2_500;

/** The successor is used on the witness; then a copy of its predecessor is presented. */
export async function presentedAfterUse(scenario: Scenario): Promise<void> {
  const { recorder } = scenario;
  const session = await scenario.warmSession();
  const copy = { ...session };
  await recorder.refresh(REVOKER, session);
  await recorder.check(WITNESS, session);
  await sleep(scenario.cluster.graceMs + LATER_MS);
  await recorder.refresh(REVOKER, copy);
  await recorder.check(WITNESS, session);
}

/** The answer to a refresh is lost, and the client comes back after the grace. */
export async function presentedAfterLostAnswer(scenario: Scenario): Promise<void> {
  const { recorder } = scenario;
  const session = await scenario.warmSession();
  await recorder.refresh(REVOKER, { ...session });
  await sleep(scenario.cluster.graceMs + LATER_MS);
  await recorder.refresh(WITNESS, session);
  for (const instance of [REVOKER, WITNESS]) await recorder.check(instance, session);
}
