import type { AppError } from '../../errors/app-error.js';
import { ERROR_CODES } from '../../errors/error-codes.js';

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

/** Another try this soon is neither a storm nor a long wait. */
const DEFAULT_RETRY_AFTER_SECONDS = 1;

/**
 * Problem details (RFC 9457) as JSON text. Nothing in it differs between two equal errors: no id, path or time, so
 * that somebody else's device and an unknown one cannot be told apart.
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
  // First for whoever reads it, and last so that no member takes its place.
  return JSON.stringify({ ...standard, ...error.members, ...standard });
}

/** @param tokenPresented whether the request came with an `Authorization` header */
export function problemHeaders(error: AppError, tokenPresented: boolean): Record<string, string> {
  const { status } = ERROR_CODES[error.code];
  const headers: Record<string, string> = {
    'content-type': PROBLEM_MEDIA_TYPE,
    'cache-control': 'no-store',
  };
  if (status === 401) headers['www-authenticate'] = bearerChallenge(error, tokenPresented);
  const retryAfter = error.retryAfterSeconds ?? (status === 503 ? DEFAULT_RETRY_AFTER_SECONDS : undefined);
  if (retryAfter !== undefined) headers['retry-after'] = String(Math.max(1, Math.ceil(retryAfter)));
  return headers;
}

/** RFC 6750 §3: at least one parameter; §3.1: no `error` for a request that lacks any authentication. */
function bearerChallenge({ code }: AppError, tokenPresented: boolean): string {
  // RFC 9470 §3: the token is good, the login behind it is not enough any more.
  if (code === 'insufficient_user_authentication') return `Bearer realm="latchkey", error="${code}"`;
  const aboutTheToken =
    code === 'token_stale' ||
    code === 'session_revoked' ||
    code === 'session_expired' ||
    (code === 'invalid_token' && tokenPresented);
  return aboutTheToken ? 'Bearer realm="latchkey", error="invalid_token"' : 'Bearer realm="latchkey"';
}
