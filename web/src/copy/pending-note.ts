import type { RevocationOutcome } from '@latchkey/client/cookie-client';
import { messages } from '../messages';

/** Appended to a message about a revocation that not every instance has confirmed. */
export function pendingNote(outcome: RevocationOutcome): string {
  return outcome === 'pending' ? messages.common.pending : '';
}
