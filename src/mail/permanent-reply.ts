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

/**
 * Whether a server refused the recipient or, for example, a service that may not relay. Only a mail whose recipient does
 * not exist is lost anyway.
 *
 * @param command the SMTP command that was answered
 */
export function refusedPart(command: string | undefined, code: number, reply: string): RefusedPart {
  if (command !== 'RCPT TO') return 'service';
  const enhanced = ENHANCED_CODE.exec(reply)?.[1];
  if (enhanced !== undefined) {
    if (ABOUT_RECIPIENT.includes(enhanced)) return 'recipient';
    return enhanced.startsWith('2.') ? 'mailbox' : 'service';
  }
  if (code === 552) return 'mailbox';
  return MAILBOX_REPLIES.includes(code) && !ABOUT_SERVICE.test(reply) ? 'recipient' : 'service';
}
