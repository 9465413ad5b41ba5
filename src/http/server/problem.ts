import type { AppError } from '../../errors/app-error.js';
import { ERROR_CODES } from '../../errors/error-codes.js';

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

/** Short enough for users, long enough to prevent a storm of retries. */
const DEFAULT_RETRY_AFTER_SECONDS = 1;

/**
 * Problem details (RFC 9457) as JSON text. Equal errors have equal texts, without an id, path or time, so that another
 * user's device cannot be distinguished from an unknown one.
 */
export function problemBody(error: AppError): string {
  const { status, title } = ERROR_CODES[error.code];
  const standard = {
    type: `/docs/errors#${error.code}`,
    title,
    status,
    code: error.code,
    detail: error.detail,
  };
  // First for readers, and last so that no additional member replaces one of these.
  return JSON.stringify({ ...standard, ...error.members, ...standard });
}

/** @param tokenPresented whether the request has an `Authorization` header */
export function problemHeaders(error: AppError, tokenPresented: boolean): Record<string, string> {
  const { status } = ERROR_CODES[error.code];
  const headers: Record<string, string> = {
    'content-type': PROBLEM_MEDIA_TYPE,
    'cache-control': 'no-store',
  };
  if (status === 401) headers['www-authenticate'] = challenge(error, tokenPresented);
  // RFC 9110 §15.5.22, §7.8.
  if (status === 426) Object.assign(headers, { upgrade: 'websocket', connection: 'upgrade' });
  const retryAfter = error.retryAfterSeconds ?? (status === 503 ? DEFAULT_RETRY_AFTER_SECONDS : undefined);
  if (retryAfter !== undefined) headers['retry-after'] = String(Math.max(1, Math.ceil(retryAfter)));
  return headers;
}

function challenge(error: AppError, tokenPresented: boolean): string {
  // RFC 6749 §5.2.
  if (error.code === 'invalid_client') return 'Basic realm="latchkey", charset="UTF-8"';
  return bearerChallenge(error, tokenPresented);
}

/** RFC 6750 §3: at least one parameter; §3.1: no `error` if the request has no credentials. */
function bearerChallenge({ code }: AppError, tokenPresented: boolean): string {
  // RFC 9470 §3: the token is valid, but its login is no longer sufficient.
  if (code === 'insufficient_user_authentication') return `Bearer realm="latchkey", error="${code}"`;
  const isTokenError =
    code === 'token_stale' ||
    code === 'session_revoked' ||
    code === 'session_expired' ||
    (code === 'invalid_token' && tokenPresented);
  return isTokenError ? 'Bearer realm="latchkey", error="invalid_token"' : 'Bearer realm="latchkey"';
}
