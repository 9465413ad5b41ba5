import type { MailableEvent } from '../policy/mailed-events.js';
import type { NewMail } from './outbox.js';

/** A notice of a security event, or a link that somebody asked for. */
export type MailKind = MailableEvent | 'email_to_confirm' | 'password_to_reset';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export function emailToConfirm(userId: string): NewMail & { kind: MailKind } {
  return { kind: 'email_to_confirm', userId, usefulForMs: 3 * DAY_MS };
}

/** @param email as it was asked for; whether it is anybody's is found out when the mail is sent */
export function passwordToReset(email: string): NewMail & { kind: MailKind } {
  // Whoever waits for it has asked again by then.
  return { kind: 'password_to_reset', userId: null, facts: { email }, usefulForMs: HOUR_MS };
}

export function noticeOf(
  kind: MailableEvent,
  userId: string,
  facts: Readonly<Record<string, unknown>>,
): NewMail & { kind: MailKind } {
  return { kind, userId, facts, usefulForMs: 3 * DAY_MS };
}
