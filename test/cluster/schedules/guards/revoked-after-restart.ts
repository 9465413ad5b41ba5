import { waitUntil } from '../../../support/wait-until.js';
import type { Node } from '../../history/node.js';
import type { GuardedScenario } from './guarded-scenario.js';

const PROBE_MS = 1_000;
const START_TIMEOUT_MS = 60_000;
/** As `start-on-signal.ts` prints it. Importing it here would replace the method in this process. */
const WAITING = 'waits for its predecessor to end';

/**
 * The only instance dies while a guard holds a lease from it. Its successor, which knows nothing of this guard, revokes a
 * session at once.
 *
 * @param inSuccessor modules that the successor loads
 */
export async function revokedAfterRestart(scenario: GuardedScenario, inSuccessor: string[]): Promise<void> {
  const { cluster, parent, recorder, wire } = scenario;
  const gate = new URL('./start-on-signal.ts', import.meta.url).href;
  const session = await scenario.warmSession();
  const successor = await cluster.prepare([gate, ...inSuccessor]);
  const starting = successor.start();
  await waitUntil('the successor waits', () => isWaiting(successor), { timeoutMs: START_TIMEOUT_MS });
  await wire.leased();
  await scenario.broken('the instance is replaced', async () => {
    await parent.kill();
    wire.cut();
    successor.signal('SIGUSR2');
    await starting;
    await recorder.logout(successor.index, session);
    await scenario.probe(session, PROBE_MS);
  });
}

function isWaiting({ log }: Node): boolean {
  return log.includes(WAITING);
}
