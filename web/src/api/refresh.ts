import { Problem, SignedOut } from './errors';
import { send } from './request';

const LOCK = 'latchkey-renew';

/** New cookies for old ones, one tab at a time. @throws {SignedOut | Problem | Unreachable} */
export async function renew(): Promise<void> {
  // Missing where the page has come over plain HTTP from elsewhere. The service bears a race of tabs.
  if (!navigator.locks) return exchange();
  const wasFree = await navigator.locks.request(LOCK, { ifAvailable: true }, async (lock) => {
    if (lock) await exchange();
    return lock !== null;
  });
  // Another tab was at it: its cookies are ours.
  if (!wasFree) await navigator.locks.request(LOCK, () => {});
}

async function exchange(): Promise<void> {
  try {
    await send('POST', '/auth/refresh');
  } catch (error) {
    throw error instanceof Problem ? (signedOut(error) ?? error) : error;
  }
}

const OVER = [
  'session_revoked',
  'session_expired',
  'invalid_grant',
  'account_disabled',
  // Not ended, but of no use before a new sign-in, which takes its place.
  'insufficient_user_authentication',
];

/** What a problem says about the session; `null`: nothing, so it goes on. */
export function signedOut(problem: Problem): SignedOut | null {
  return OVER.includes(problem.code) ? new SignedOut(problem.code, problem.reason) : null;
}
