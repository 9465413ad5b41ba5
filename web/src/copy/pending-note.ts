import type { RevocationOutcome } from '../api/revocation-outcome';

/** Appended to a message about a revocation that not every instance has confirmed. */
export function pendingNote(outcome: RevocationOutcome): string {
  return outcome === 'pending' ? ' It takes effect everywhere within moments.' : '';
}
