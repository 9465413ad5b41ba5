import { Problem, SignedOut } from './errors';
import { request } from './request';

const LOCK_NAME = 'latchkey-renew';

/** New cookies for old ones, one tab at a time. @throws {SignedOut | Problem | Unreachable} */
export async function refreshSession(): Promise<void> {
  // Missing where the page has come over plain HTTP from elsewhere. The service bears a race of tabs.
  if (!navigator.locks) return postRefresh();
  const gotLock = await navigator.locks.request(LOCK_NAME, { ifAvailable: true }, async (lock) => {
    if (lock) await postRefresh();
    return lock !== null;
  });
  // Another tab was at it: its cookies are ours.
  if (!gotLock) await navigator.locks.request(LOCK_NAME, () => {});
}

async function postRefresh(): Promise<void> {
  try {
    await request('POST', '/auth/refresh');
  } catch (error) {
    throw error instanceof Problem ? (toSignedOut(error) ?? error) : error;
  }
}

const SESSION_ENDED_CODES = [
  'session_revoked',
  'session_expired',
  'invalid_grant',
  'account_disabled',
  // Not ended, but of no use before a new sign-in, which takes its place.
  'insufficient_user_authentication',
];

/** What a problem says about the session; `null`: nothing, so it goes on. */
export function toSignedOut(problem: Problem): SignedOut | null {
  return SESSION_ENDED_CODES.includes(problem.code) ? new SignedOut(problem.code, problem.reason) : null;
}
