import { Problem } from './errors.js';

/** A refresh yields a token that works. */
const STALE = ['invalid_token', 'token_stale'];

const ENDED = [
  'session_revoked',
  'session_expired',
  'invalid_grant',
  'account_disabled',
  // Still active, but refused everywhere until the user logs in again.
  'insufficient_user_authentication',
];

export function isStale({ code }: Problem): boolean {
  return STALE.includes(code);
}

/** Whether the service itself has said that the session is over. */
export function isEnded({ code, status }: Problem): boolean {
  return ENDED.includes(code) && status < 500;
}

/** The problem in a response of the service; `null` if there is none, for example because a proxy has answered. */
export function problemIn(response: Response, text: string): Problem | null {
  const members = parsed(text);
  if (response.ok || typeof members?.code !== 'string') return null;
  return new Problem(members.code, response.status, members, retryAfterSeconds(response));
}

export function retryAfterSeconds({ headers }: Response): number | null {
  return Number(headers.get('retry-after')) || null;
}

/** Why a service or a resource server refuses the session or the token; `null` if the answer is about anything else. */
export async function refusalIn(response: Response): Promise<Problem | null> {
  if (response.status !== 401) return null;
  const problem = problemIn(response, await response.clone().text());
  if (problem) return isStale(problem) || isEnded(problem) ? problem : null;
  // RFC 6750, for resource servers that use another library.
  const isInvalid = response.headers.get('www-authenticate')?.includes('error="invalid_token"');
  return isInvalid ? new Problem('invalid_token', 401, {}, null) : null;
}

function parsed(text: string): Record<string, unknown> | null {
  try {
    return JSON.parse(text) as Record<string, unknown> | null;
  } catch {
    // Empty, or not from the service.
    return null;
  }
}
