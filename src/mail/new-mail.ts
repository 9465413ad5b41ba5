import { MAILABLE_EVENTS, type MailableEvent } from '../policy/mailed-events.js';

/** A link that the user asked for, the notice of a security event, or the digest of notices that got no mail each. */
export const MAIL_KINDS = [
  'email_to_confirm',
  'password_to_reset',
  'notice_digest',
  ...MAILABLE_EVENTS,
] as const;
export type MailKind = (typeof MAIL_KINDS)[number];

/** What a mail is written from, as stored. Clients choose the texts, so a template must not trust them. */
export interface MailFacts {
  /** The address that was entered, for a mail whose user is not known yet. */
  readonly email?: string | null;
  readonly sessionId?: string | null;
  readonly deviceId?: string | null;
  /** Name of the device. */
  readonly device?: string | null;
  /** `Chrome 126 on Android 14`. */
  readonly client?: string | null;
  /** Network address of the client. */
  readonly address?: string | null;
  /** `Lisbon, Portugal`, in English. */
  readonly place?: string | null;
  /** `PT`, to name the country in another language. */
  readonly countryCode?: string | null;
  /** IANA name of the time zone there. */
  readonly timeZone?: string | null;
  /** Of the request, for an account whose own language is not known. */
  readonly language?: string | null;
  /** For a digest: how many notices of each kind it stands for. */
  readonly counts?: Readonly<Record<string, number>> | null;
}

/** A mail that a client asked for. */
export interface RequestedMail {
  readonly kind: 'email_to_confirm' | 'password_to_reset';
  /** `null` if the recipient is looked up when the mail is sent. */
  readonly userId: string | null;
  readonly facts?: MailFacts;
  /** Whose turn it uses: the network that asked. */
  readonly share: string;
  /** The same for every request of this kind for one mailbox, which wait as one mail. */
  readonly mergeKey: string;
  /** The mail is given up if it cannot be sent within this time. */
  readonly usefulForMs: number;
}

/** A notice about a security event. */
export interface Notice {
  readonly kind: MailableEvent;
  readonly userId: string;
  readonly facts: MailFacts;
  /** The mail is given up if it cannot be sent within this time. */
  readonly usefulForMs: number;
}

const HOUR_MS = 3_600_000;
const NOTICE_USEFUL_FOR_MS = 72 * HOUR_MS;

/** @param network that asked for it */
export function emailConfirmationMail(userId: string, network = userId): RequestedMail {
  return {
    kind: 'email_to_confirm',
    userId,
    share: network,
    mergeKey: userId,
    usefulForMs: NOTICE_USEFUL_FOR_MS,
  };
}

/**
 * @param email as entered; whether it has an account is looked up when the mail is sent
 * @param network that asked for it
 */
export function passwordResetMail(
  email: string,
  network: string,
  language: string | null = null,
): RequestedMail {
  return {
    kind: 'password_to_reset',
    userId: null,
    facts: { email, language },
    share: network,
    mergeKey: email,
    // A user who has waited for an hour has asked for another link.
    usefulForMs: HOUR_MS,
  };
}

export function securityEventMail(kind: MailableEvent, userId: string, facts: MailFacts): Notice {
  return { kind, userId, facts, usefulForMs: NOTICE_USEFUL_FOR_MS };
}
