import type { SignedOut } from '../api/errors';

/** For the list of ended sessions. */
const DESCRIPTIONS: Readonly<Record<string, string>> = {
  logout: 'Signed out on the device itself',
  replaced: 'Signed in again on the same device',
  terminated: 'Signed out from your list of devices',
  refresh_reuse: 'Ended for safety: its sign-in was used in two places',
  suspicious: 'Ended for safety: somebody else seemed to use it',
  device_limit: 'Made room for a newer device',
  session_limit: 'Made room for a newer sign-in',
  password_changed: 'The password was changed',
  password_reset: 'The password was reset',
  user_disabled: 'The account was disabled',
  operator: 'Ended by an administrator',
  disowned: 'You said it was not you',
  idle_expired: 'Not used for too long',
  absolute_expired: 'Reached its longest lifetime',
};

export function describeEndReason(reason: string): string {
  return DESCRIPTIONS[reason] ?? 'Ended';
}

/** For a user who was signed out while the page was open. */
const NOTICES: Readonly<Record<string, string>> = {
  logout: 'You signed out.',
  replaced: 'You were signed out because you signed in again in this browser.',
  terminated: 'This device was signed out from your list of devices.',
  refresh_reuse:
    'You were signed out for safety: a copy of this device’s sign-in was used somewhere else. If that was not you, change your password.',
  suspicious:
    'You were signed out for safety: somebody else seemed to use this sign-in. If that was not you, change your password.',
  device_limit: 'You were signed out to make room for a newer device.',
  session_limit: 'You were signed out because you signed in somewhere else.',
  password_changed: 'You were signed out because your password was changed.',
  password_reset: 'You were signed out because your password was reset.',
  user_disabled: 'Your account was disabled.',
  operator: 'You were signed out by an administrator.',
  disowned: 'You were signed out because this sign-in was reported as not yours.',
  idle_expired: 'You were signed out because you were away for too long.',
  absolute_expired: 'It has been long since you signed in. Please sign in again.',
};

/** `null` if there is nothing to report, as for a visitor who was not signed in. */
export function signOutNotice({ code, reason }: SignedOut): string | null {
  if (reason && NOTICES[reason]) return NOTICES[reason];
  if (code === 'session_expired') return NOTICES.idle_expired ?? null;
  if (code === 'insufficient_user_authentication')
    return 'This sign-in was used in an unusual way. Please sign in again to go on.';
  if (code === 'account_disabled') return NOTICES.user_disabled ?? null;
  return code === 'session_revoked' ? 'You were signed out.' : null;
}
