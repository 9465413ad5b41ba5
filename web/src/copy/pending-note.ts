import type { RevocationOutcome } from '../api/revocation-outcome';

/** Appended to a message about a revocation that not every instance has confirmed. */
export function pendingNote(outcome: RevocationOutcome): string {
  return outcome === 'pending' ? ' This will take effect everywhere in a moment.' : '';
}
