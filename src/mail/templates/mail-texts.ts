import type { MailableEvent } from '../../policy/mailed-events.js';

interface MailText {
  readonly subject: string;
  /** @param site host name of the service */
  readonly opening: (site: string) => string;
}

export const EMAIL_CONFIRMATION = {
  subject: 'Confirm your email address',
  opening: (site: string) => `Someone (hopefully you) registered at ${site} with this address.`,
  action: 'Confirm your email address',
  rejection: "I didn't register",
  closing:
    "To confirm, you need to be signed in or know the account's password. If you didn't register, the second link deletes the account. You can also ignore this email: the address stays unconfirmed. The links expire in 3 days.",
};

export const PASSWORD_RESET = {
  subject: 'Reset your password',
  opening: (site: string) =>
    `Someone (hopefully you) asked to reset the password of your account at ${site}.`,
  action: 'Set a new password',
  closing:
    "This link works once and expires in 30 minutes. If you didn't ask for it, you can ignore this email: your password stays the same.",
};

/** For events that the user can undo. */
export const SIGN_IN_REJECTION = {
  action: "This wasn't me",
  closing:
    'If this was you, there is nothing to do. If not, follow the link to sign that device out and choose a new password. The link works once and expires in 7 days.',
};

/** For many events in a short time, of which only some got a mail each. */
export const NOTICE_DIGEST = {
  subject: 'More activity in your account',
  opening: (site: string, count: number) =>
    count === 1
      ? `There was 1 more security event in your account at ${site}. You get this summary because we have already sent you many emails today.`
      : `There were ${count} more security events in your account at ${site}. You get this summary instead of ${count} emails.`,
  action: 'Review your account',
  closing: (origin: string) =>
    `Your account lists each event with its time and location. If you don't recognize them, reset your password at ${origin}/account/forgot-password.`,
};

/** For all other events. */
export const ADVICE = {
  closing: (origin: string) =>
    `If this wasn't you, reset your password at ${origin}/account/forgot-password and review your devices.`,
};

export const SECURITY_EVENTS: Readonly<Record<MailableEvent, MailText>> = {
  new_device_sign_in: {
    subject: 'New sign-in to your account',
    opening: (site) => `Someone signed in to your account at ${site} on a new device.`,
  },
  sign_in_after_failures: {
    subject: 'Your password may have been guessed',
    opening: (site) =>
      `Someone entered the correct password of your account at ${site} after several wrong attempts.`,
  },
  refresh_token_reused: {
    subject: 'You were signed out on a device',
    opening: (site) =>
      `A sign-in token of your account at ${site} was used twice, which suggests that it was copied. To protect your account, we ended that session.`,
  },
  refresh_token_shared: {
    subject: 'Unusual activity in your account',
    opening: (site) =>
      `A session of your account at ${site} was renewed from two networks or two apps at nearly the same time.`,
  },
  device_token_shared: {
    subject: 'A sign-in token may have been copied',
    opening: (site) =>
      `The token that identifies one of your devices at ${site} was used in a different browser or on a different system. It may have been copied.`,
  },
  impossible_travel: {
    subject: 'Unusual activity in your account',
    opening: (site) =>
      `Your account at ${site} was used from two locations that are too far apart for the time between the two uses.`,
  },
  client_changed: {
    subject: 'Unusual activity in your account',
    opening: (site) =>
      `A session of your account at ${site} continued in a different browser or app than the one it started in.`,
  },
  session_ended_suspicious: {
    subject: 'You were signed out on a device',
    opening: (site) =>
      `A session of your account at ${site} looked as if someone else was using it. To protect your account, we ended it.`,
  },
  password_changed: {
    subject: 'Your password was changed',
    opening: (site) =>
      `The password of your account at ${site} was changed, and all other devices were signed out.`,
  },
  password_reset: {
    subject: 'Your password was reset',
    opening: (site) =>
      `The password of your account at ${site} was reset with a link from an email, and all devices were signed out.`,
  },
};
