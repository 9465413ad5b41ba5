import { GUARD_ERRORS, type GuardError } from './guard-error.js';

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

/** Short enough for users, long enough to prevent a storm of retries. */
const DEFAULT_RETRY_AFTER_SECONDS = 1;

/** Problem details (RFC 9457), equal to those of the service. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  /** Stable; the service documents each at `type`. */
  readonly code: string;
  readonly detail?: string;
  readonly [member: string]: unknown;
}

export function problemOf(error: GuardError): Problem {
  const { status, title } = GUARD_ERRORS[error.code];
  const standard = {
    type: `/docs/errors#${error.code}`,
    title,
    status,
    code: error.code,
    ...(error.detail === undefined ? {} : { detail: error.detail }),
  };
  // First for readers, and last so that no additional member replaces one of these.
  return { ...standard, ...error.members, ...standard };
}

/** @param tokenPresented whether the request has an `Authorization` header */
export function headersOf(error: GuardError, tokenPresented: boolean): Record<string, string> {
  const headers: Record<string, string> = {
    'content-type': PROBLEM_MEDIA_TYPE,
    'cache-control': 'no-store',
  };
  if (error.status === 401) headers['www-authenticate'] = bearerChallenge(error, tokenPresented);
  const retryAfter =
    error.retryAfterSeconds ?? (error.status === 503 ? DEFAULT_RETRY_AFTER_SECONDS : undefined);
  if (retryAfter !== undefined) headers['retry-after'] = String(Math.max(1, Math.ceil(retryAfter)));
  return headers;
}

/** RFC 6750 §3: at least one parameter; §3.1: no `error` if the request has no credentials. */
function bearerChallenge({ code }: GuardError, tokenPresented: boolean): string {
  // RFC 9470 §3: the token is valid, but its login is no longer sufficient.
  if (code === 'insufficient_user_authentication') return `Bearer realm="latchkey", error="${code}"`;
  const isTokenError = code !== 'invalid_token' || tokenPresented;
  return isTokenError ? 'Bearer realm="latchkey", error="invalid_token"' : 'Bearer realm="latchkey"';
}
