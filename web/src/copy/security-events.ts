import type { SecurityEvent } from '../api/types';

const DESCRIPTIONS: Readonly<Record<string, string>> = {
  new_device_sign_in: 'Sign-in on a new device',
  sign_in_after_failures: 'Sign-in after several incorrect passwords',
  refresh_token_reused: 'A session was used in two places and has been signed out',
  refresh_token_shared: 'A session was renewed from two networks or apps at once',
  device_token_shared: 'A device’s sign-in data was used in two places',
  impossible_travel: 'Activity from locations too far apart to travel between in that time',
  client_changed: 'A session continued in a different browser or app',
  session_ended_suspicious: 'A session was signed out after unusual activity',
  password_changed: 'Password changed',
  password_reset: 'Password reset',
  email_confirmed: 'Email address confirmed',
  disowned: 'You reported that a sign-in wasn’t you',
};

export function describeSecurityEvent({ kind }: SecurityEvent): string {
  return DESCRIPTIONS[kind] ?? kind.replaceAll('_', ' ');
}
