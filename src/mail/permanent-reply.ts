/** What a permanent reply of a mail server (5xx) is about: the address of the recipient, their mailbox, or this service. */
export type RefusedPart = 'recipient' | 'mailbox' | 'service';

/** Postfix, Exchange and others: `550 5.1.1 no such user`. qmail: `553 that domain is not mine (#5.7.1)`. */
const ENHANCED_CODE = /(?:^\d{3}[ -]|#)5\.(\d{1,3}\.\d{1,3})\b/;
/**
 * RFC 3463 3.2 and 3.3. In 5.1.x, the rest is about the address of the sender. A disabled mailbox (5.2.1) is as good as
 * none; a full one (5.2.2) may have room later.
 */
const ABOUT_RECIPIENT = ['1.0', '1.1', '1.2', '1.3', '1.4', '1.6', '1.10', '2.1'];
/** RFC 5321 4.2.2: an unknown, foreign or malformed mailbox. 550 and 553 are also used for any other refusal. */
const MAILBOX_REPLIES = [501, 550, 551, 553];
const ABOUT_SERVICE =
  /relay|rcpthosts|sender|authenticated|authentication|authorized|policy|spam|block|denied/i;
/** RFC 3463 3.1: no more is known. Reports have it for a reply without an enhanced code. */
const UNDEFINED_STATUS = '5.0.0';

/**
 * Whether a server refused the recipient or, for example, a service that may not relay. Only a mail whose recipient does
 * not exist is lost anyway.
 *
 * @param command the SMTP command that was answered
 */
export function refusedPart(command: string | undefined, code: number, reply: string): RefusedPart {
  if (command !== 'RCPT TO' && command !== 'DATA') return 'service';
  const enhanced = ENHANCED_CODE.exec(reply)?.[1];
  if (enhanced !== undefined) {
    if (ABOUT_RECIPIENT.includes(enhanced)) return 'recipient';
    return enhanced.startsWith('2.') ? 'mailbox' : 'service';
  }
  // Some servers look for the mailbox only after the content, but without an enhanced code such a reply is about both.
  if (command === 'DATA') return 'service';
  if (code === 552) return 'mailbox';
  return MAILBOX_REPLIES.includes(code) && !ABOUT_SERVICE.test(reply) ? 'recipient' : 'service';
}

/**
 * Whether a mail failed because its recipient does not exist.
 *
 * @param status `5.1.1`
 * @param reply of the server, if it is known
 */
export function isAboutRecipient(status: string, reply: string): boolean {
  if (status !== UNDEFINED_STATUS) return ABOUT_RECIPIENT.some((code) => status === `5.${code}`);
  return refusedPart('RCPT TO', Number(reply.slice(0, 3)), reply) === 'recipient';
}

/** The enhanced code of a permanent reply: `5.1.1`. */
export function statusOf(reply: string): string {
  const enhanced = ENHANCED_CODE.exec(reply)?.[1];
  return enhanced === undefined ? UNDEFINED_STATUS : `5.${enhanced}`;
}

/** `550 5.1.1`, without the text, which may name the recipient. */
export function replyCodes(reply: string): string {
  return /^\d{3}(?:[ -]\d\.\d{1,3}\.\d{1,3}\b)?/.exec(reply)?.[0].replace('-', ' ') ?? 'no code';
}
