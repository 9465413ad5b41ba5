import { MAILABLE_EVENTS, type MailableEvent } from '../policy/mailed-events.js';

/** A link that the user asked for, or the report of a security event. */
export const MAIL_KINDS = ['email_to_confirm', 'password_to_reset', ...MAILABLE_EVENTS] as const;
export type MailKind = (typeof MAIL_KINDS)[number];

/** What a mail is written from, as stored. Clients choose the texts, so a template must not trust them. */
export interface MailFacts {
  /** The address that was entered, for a mail whose user is not known yet. */
  readonly email?: string | null;
  readonly sessionId?: string | null;
  readonly deviceId?: string | null;
  /** Name of the device. */
  readonly device?: string | null;
  /** Network address of the client. */
  readonly address?: string | null;
  /** `Lisbon, Portugal`. */
  readonly place?: string | null;
}

export interface NewMail {
  readonly kind: MailKind;
  /** `null` if the recipient is looked up when the mail is sent. */
  readonly userId: string | null;
  readonly facts?: MailFacts;
  /** The mail is given up if it cannot be sent within this time. */
  readonly usefulForMs: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export function emailConfirmationMail(userId: string): NewMail {
  return { kind: 'email_to_confirm', userId, usefulForMs: 3 * DAY_MS };
}

/** @param email as entered; whether it has an account is looked up when the mail is sent */
export function passwordResetMail(email: string): NewMail {
  // A user who has waited for an hour has asked for another link.
  return { kind: 'password_to_reset', userId: null, facts: { email }, usefulForMs: HOUR_MS };
}

export function securityEventMail(kind: MailableEvent, userId: string, facts: MailFacts): NewMail {
  return { kind, userId, facts, usefulForMs: 3 * DAY_MS };
}
