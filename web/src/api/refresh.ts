import { Problem, SignedOut } from './errors';
import { request } from './request';

const LOCK_NAME = 'latchkey-renew';

/** Exchanges the refresh cookie for new cookies, one tab at a time. @throws {SignedOut | Problem | Unreachable} */
export async function refreshSession(): Promise<void> {
  // Web Locks exist only in secure contexts. Without them tabs may race, which the service tolerates.
  if (!navigator.locks) return postRefresh();
  const gotLock = await navigator.locks.request(LOCK_NAME, { ifAvailable: true }, async (lock) => {
    if (lock) await postRefresh();
    return lock !== null;
  });
  // Another tab was refreshing: wait until it is done, then use the cookies it received.
  if (!gotLock) await navigator.locks.request(LOCK_NAME, () => {});
}

async function postRefresh(): Promise<void> {
  try {
    await request('POST', '/auth/refresh');
  } catch (error) {
    // Another tab has just signed in again or changed the password: this browser has the cookies of the new session.
    if (error instanceof Problem && error.reason === 'replaced') return;
    throw error instanceof Problem ? (toSignedOut(error) ?? error) : error;
  }
}

const SESSION_ENDED_CODES = [
  'session_revoked',
  'session_expired',
  'invalid_grant',
  'account_disabled',
  // Still active, but unusable until the user signs in again, which replaces it.
  'insufficient_user_authentication',
];

/** `null` if the problem does not mean that the session has ended. */
export function toSignedOut(problem: Problem): SignedOut | null {
  return SESSION_ENDED_CODES.includes(problem.code) ? new SignedOut(problem.code, problem.reason) : null;
}
