import type { SignedOut } from '../api/errors';

/** For the list of ended sessions. */
const DESCRIPTIONS: Readonly<Record<string, string>> = {
  logout: 'Signed out on the device',
  replaced: 'Replaced by a new sign-in on the same device',
  terminated: 'Signed out from your list of devices',
  refresh_reuse: 'Signed out for your security because the session was used in two places',
  suspicious: 'Signed out for your security after unusual activity',
  device_limit: 'Signed out to make room for another device',
  session_limit: 'Signed out because of a newer sign-in',
  password_changed: 'Signed out when the password was changed',
  password_reset: 'Signed out when the password was reset',
  user_disabled: 'Signed out when the account was disabled',
  operator: 'Signed out by an administrator',
  disowned: 'Signed out because you reported it wasn’t you',
  idle_expired: 'Expired after a period of inactivity',
  absolute_expired: 'Expired after the maximum session length',
};

export function describeEndReason(reason: string): string {
  return DESCRIPTIONS[reason] ?? 'Ended';
}

/** For a user who was signed out while the page was open. */
const NOTICES: Readonly<Record<string, string>> = {
  logout: 'You’re signed out.',
  replaced: 'You were signed out because you signed in again in this browser.',
  terminated: 'This device was signed out from your list of devices.',
  refresh_reuse:
    'For your security, we signed you out because a copy of this session was used somewhere else. If that wasn’t you, change your password.',
  suspicious:
    'For your security, we signed you out after unusual activity. If that wasn’t you, change your password.',
  device_limit: 'You were signed out because you reached your device limit and signed in on another device.',
  session_limit: 'You were signed out because you signed in somewhere else.',
  password_changed: 'You were signed out because your password was changed.',
  password_reset: 'You were signed out because your password was reset.',
  user_disabled: 'Your account has been disabled.',
  operator: 'An administrator signed you out.',
  disowned: 'You were signed out because this sign-in was reported as unauthorized.',
  idle_expired: 'You were signed out because you were inactive for too long.',
  absolute_expired: 'Your session has expired. Please sign in again.',
};

/** `null` if there is nothing to report, as for a visitor who was not signed in. */
export function signOutNotice({ code, reason }: SignedOut): string | null {
  if (reason && NOTICES[reason]) return NOTICES[reason];
  if (code === 'session_expired') return NOTICES.idle_expired ?? null;
  if (code === 'insufficient_user_authentication')
    return 'We noticed unusual activity in this session. Please sign in again to continue.';
  if (code === 'account_disabled') return NOTICES.user_disabled ?? null;
  return code === 'session_revoked' ? 'You were signed out.' : null;
}
