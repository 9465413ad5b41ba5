import { setTimeout as sleep } from 'node:timers/promises';
import { type GuardedScenario, REVOKER } from './guarded-scenario.js';

/** Shorter than a guard waits before it gives the connection up, and longer than the margin of a lease. */
const LATE_MS = 850;
const PROBE_MS = 1_000;

/** A pong arrives late, and is the last that a guard receives; then a session is revoked. */
export async function revokedWithLatePong(scenario: GuardedScenario): Promise<void> {
  const { wire } = scenario;
  const session = await scenario.warmSession();
  await scenario.broken('a late pong, then nothing', async () => {
    await wire.lastPong(() => sleep(LATE_MS));
    wire.cut();
    await scenario.recorder.logout(REVOKER, session);
    await scenario.probe(session, PROBE_MS);
  });
}
