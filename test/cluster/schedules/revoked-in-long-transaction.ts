import type { Scenario } from './scenario.js';

const TRANSACTION_MS = 3_000;
/** The checker forgives what a busy machine delays. */
const PROBE_MS = 4_500;

/** A session is revoked in SQL, in a transaction that is committed long after the end was stamped. */
export async function revokedInLongTransaction(scenario: Scenario): Promise<void> {
  const session = await scenario.warmSession();
  await scenario.recorder.revokeManually(session, TRANSACTION_MS);
  await scenario.probe(session, PROBE_MS);
}
