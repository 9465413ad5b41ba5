import type { StreamEnd } from './guard.js';
import { GuardError } from './guard-error.js';

/** Sessions end by time for these reasons; for every other reason they are revoked. */
const EXPIRED = ['expired', 'idle_expired', 'absolute_expired'];

/** How the end of a session is reported to its client: the code, and the reason unless the code says it all. */
export function streamEndOf(reason: string | undefined): StreamEnd {
  const code = reason !== undefined && EXPIRED.includes(reason) ? 'session_expired' : 'session_revoked';
  return reason === undefined || reason === 'expired' ? { code } : { code, reason };
}

export function sessionEnded(reason: string | undefined): GuardError {
  const { code, ...members } = streamEndOf(reason);
  return new GuardError(code as 'session_revoked' | 'session_expired', { members });
}
