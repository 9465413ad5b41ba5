import type { MailableEvent } from '../../policy/mailed-events.js';

/** The words of each notice; `site` is put for `%`. */
export const NOTICES: Readonly<Record<MailableEvent, { subject: string; opening: string }>> = {
  new_device_sign_in: {
    subject: 'New sign-in to your account',
    opening: 'Somebody has signed in to your account at % on a device that is new to it.',
  },
  sign_in_after_failures: {
    subject: 'Your password may have been guessed',
    opening: 'Somebody has entered the password of your account at % after several wrong ones.',
  },
  refresh_token_reused: {
    subject: 'You were signed out on a device',
    opening:
      'A secret of one of your sessions at % was used twice, as it is when it has been copied. That session was ended.',
  },
  device_token_shared: {
    subject: 'A device of yours seems to be copied',
    opening: 'What marks one of your devices at % was used in two places. It may have been copied.',
  },
  impossible_travel: {
    subject: 'Unusual use of your account',
    opening: 'Your account at % was used from two places that are too far apart for the time between.',
  },
  client_changed: {
    subject: 'Unusual use of your account',
    opening: 'A session of your account at % went on in another program than it was begun with.',
  },
  session_ended_suspicious: {
    subject: 'You were signed out on a device',
    opening: 'A session of your account at % looked as if somebody else used it. It was ended.',
  },
  password_changed: {
    subject: 'Your password was changed',
    opening: 'The password of your account at % was changed, and every other device was signed out.',
  },
  password_reset: {
    subject: 'Your password was reset',
    opening:
      'The password of your account at % was replaced by means of a mailed link, and every device was signed out.',
  },
};
