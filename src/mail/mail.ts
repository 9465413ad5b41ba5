import type { DeliveryFailure } from './delivery-report.js';
import { replyCodes } from './permanent-reply.js';

/** An image that is part of a mail, which the HTML part shows by `cid:` and its id. */
export interface InlineImage {
  readonly id: string;
  readonly type: 'image/png';
  readonly bytes: Buffer;
}

/** A mail, ready to be sent. Only its texts may contain what a client has chosen. */
export interface Mail {
  /** The bare address, without a display name. */
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly images: readonly InlineImage[];
  /** The link in the mail, if it has one; logged in development, where no mail server is needed. */
  readonly link: string | null;
}

/** A mail to a user. */
export interface ComposedMail extends Mail {
  readonly userId: string;
}

export interface IdentifiedMail extends ComposedMail {
  /** The same at every attempt to send it. */
  readonly id: string;
}

export interface MailTransport {
  /**
   * Resolves once a mail server, or the disk, has accepted the mail.
   *
   * @throws {RecipientRefused} if another attempt cannot succeed; any other error is worth another attempt
   * @throws {ServiceRefused} if attempts fail until the operator corrects something
   */
  send(mail: IdentifiedMail): Promise<void>;
  close(): void;
}

/** The mail server has refused this service permanently: it may not relay, log in or use its sender address. */
export class ServiceRefused extends Error {
  override readonly name = 'ServiceRefused';
}

/** The mail server has refused the recipient permanently. The message does not contain the address. */
export class RecipientRefused extends Error {
  override readonly name = 'RecipientRefused';

  constructor(
    readonly userId: string,
    readonly failure: DeliveryFailure,
    options: ErrorOptions,
  ) {
    super(`the mail server refused the recipient: ${replyCodes(failure.reply)}`, options);
  }
}
