import { MAIL_KINDS, type MailFacts, type MailKind } from './new-mail.js';
import type { OutboxMail } from './outbox-mail.entity.js';

/** A mail that is due, with everything needed to write it. */
export interface QueuedMail {
  readonly id: string;
  readonly kind: MailKind;
  readonly userId: string | null;
  readonly facts: MailFacts;
  readonly createdAt: Date;
}

const TEXTS = Object.keys({
  email: true,
  sessionId: true,
  deviceId: true,
  device: true,
  client: true,
  address: true,
  place: true,
  countryCode: true,
  timeZone: true,
  language: true,
} satisfies Record<Exclude<keyof MailFacts, 'counts'>, true>);

/**
 * Reads a row of the outbox.
 *
 * @throws {Error} if the row has an unknown kind or other facts, as one written by a newer version may have
 */
export function queuedMail({ id, kind, userId, facts, createdAt }: OutboxMail): QueuedMail {
  if (!isMailKind(kind)) throw new Error(`unknown kind of mail: ${kind}`);
  if (!areMailFacts(facts)) throw new Error('the facts of the mail are not texts and counts');
  return { id, kind, userId, facts, createdAt };
}

function isMailKind(kind: string): kind is MailKind {
  return (MAIL_KINDS as readonly string[]).includes(kind);
}

function areMailFacts(
  facts: Readonly<Record<string, unknown>>,
): facts is MailFacts & Record<string, unknown> {
  const areTexts = TEXTS.every((name) => typeof (facts[name] ?? '') === 'string');
  return areTexts && Object.values(facts.counts ?? {}).every((count) => typeof count === 'number');
}
