import type { RevocationOutcome } from '../api/revocation-outcome';

/** To be put after what was done. */
export function pendingNote(outcome: RevocationOutcome): string {
  return outcome === 'pending' ? ' It takes effect everywhere within moments.' : '';
}
