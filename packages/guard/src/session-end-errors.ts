import type { StreamEnd } from './guard.js';
import { GuardError, type GuardErrorCode } from './guard-error.js';

/** Sessions end by time for these reasons; for every other reason they are revoked. */
const EXPIRED = ['expired', 'idle_expired', 'absolute_expired'];

const ERROR_CODES: { readonly [code in StreamEnd['code']]: GuardErrorCode } = {
  session_revoked: 'session_revoked',
  session_expired: 'session_expired',
  token_stale: 'token_stale',
  insufficient_user_authentication: 'insufficient_user_authentication',
  token_expired: 'invalid_token',
  unavailable: 'service_unavailable',
  closing: 'service_unavailable',
};

/** How the end of a session is reported to its client: the code, and the reason unless the code says it all. */
export function streamEndOf(reason: string | undefined): StreamEnd {
  const code = reason !== undefined && EXPIRED.includes(reason) ? 'session_expired' : 'session_revoked';
  return reason === undefined || reason === 'expired' ? { code } : { code, reason };
}

export function sessionEnded(reason: string | undefined): GuardError {
  return streamError(streamEndOf(reason));
}

/** The error of a request whose stream was closed before it could be answered. */
export function streamError({ code, ...members }: StreamEnd): GuardError {
  return new GuardError(ERROR_CODES[code], { members });
}

/** Why a stream cannot be opened, for clients that only learn it from the end of the stream. */
export function streamEndOfError({ code, members }: GuardError): StreamEnd {
  if (code === 'service_unavailable') return { code: 'unavailable' };
  const end = code === 'session_expired' ? code : 'session_revoked';
  return typeof members.reason === 'string' ? { code: end, reason: members.reason } : { code: end };
}
