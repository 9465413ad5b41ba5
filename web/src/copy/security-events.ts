import type { SecurityEvent } from '../api/types';

const DESCRIPTIONS: Readonly<Record<string, string>> = {
  new_device_sign_in: 'Sign-in on a new device',
  sign_in_after_failures: 'Sign-in after several wrong passwords',
  refresh_token_reused: 'A stolen sign-in was used, and its session ended',
  device_token_shared: 'A device was copied',
  impossible_travel: 'Sign-in from a place too far away to have been reached',
  client_changed: 'A session was used by another browser',
  session_ended_suspicious: 'A session ended because somebody else seemed to use it',
  password_changed: 'Password changed',
  password_reset: 'Password reset',
  email_confirmed: 'Email address confirmed',
  disowned: 'A sign-in was reported as not yours',
};

export function describeSecurityEvent({ kind }: SecurityEvent): string {
  return DESCRIPTIONS[kind] ?? kind.replaceAll('_', ' ');
}
