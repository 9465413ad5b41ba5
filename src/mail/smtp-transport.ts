import { createTransport } from 'nodemailer';
import type { Config } from '../config/config.js';
import type { BounceAddresses } from './bounce-addresses.js';
import { type IdentifiedMail, type MailTransport, RecipientRefused, ServiceRefused } from './mail.js';
import { refusedPart, statusOf } from './permanent-reply.js';

const CONNECT_TIMEOUT_MS = 10_000;
const SILENCE_MS = 20_000;

/**
 * Keep auto-responders from replying: RFC 3834, and Exchange, whose non-delivery reports (NDR) are wanted. There is no
 * `List-Unsubscribe`: every mail is about the recipient's own account.
 */
const HEADERS = {
  'Auto-Submitted': 'auto-generated',
  'X-Auto-Response-Suppress': 'DR, RN, NRN, OOF, AutoReply',
};

/** Sends mails through an SMTP server. */
export class SmtpTransport implements MailTransport {
  private readonly transporter;
  private readonly domain: string;

  /** @param smtpUrl `smtp://` (STARTTLS if offered) or `smtps://`; nodemailer's options are query parameters */
  constructor(
    smtpUrl: string,
    private readonly from: Config['mail']['from'],
    private readonly bounceAddresses: BounceAddresses | null,
  ) {
    this.transporter = createTransport(
      {
        url: smtpUrl,
        dnsTimeout: CONNECT_TIMEOUT_MS,
        connectionTimeout: CONNECT_TIMEOUT_MS,
        greetingTimeout: CONNECT_TIMEOUT_MS,
        socketTimeout: SILENCE_MS,
      },
      // No mail refers to a file or URL; if one ever did, nodemailer must not read it.
      { disableFileAccess: true, disableUrlAccess: true },
    );
    this.domain = /@([^>]+)>?$/.exec(from)?.[1] ?? 'localhost';
  }

  async send(mail: IdentifiedMail): Promise<void> {
    const { id, userId, to, subject, text, html, images } = mail;
    const sender = this.bounceAddresses?.of({ userId, email: to });
    try {
      await this.transporter.sendMail({
        from: this.from,
        ...(sender === undefined ? {} : { envelope: { from: sender, to } }),
        // RFC 3461: a report has the headers only, because the text may contain a link.
        dsn: { ret: 'HDRS', notify: 'FAILURE' },
        // Nodemailer does not parse an object, so a quoted address that contains a comma stays one address.
        to: { name: '', address: to },
        subject,
        text,
        html,
        attachments: images.map(({ id: cid, type: contentType, bytes: content }) => ({
          cid,
          contentType,
          content,
          contentDisposition: 'inline',
          filename: `${cid}.png`,
        })),
        messageId: `<${id}@${this.domain}>`,
        headers: HEADERS,
      });
    } catch (error) {
      throw sendingError(error, userId);
    }
  }

  close(): void {
    this.transporter.close();
  }
}

/** RFC 5321 §4.2.1: a command must not be repeated after a 5xx reply, unless something has changed. */
function sendingError(error: unknown, userId: string): unknown {
  const { responseCode = 0, response = '', command } = error as Partial<SmtpError>;
  if (responseCode < 500) return error;
  switch (refusedPart(command, responseCode, response)) {
    case 'recipient':
      return new RecipientRefused(userId, { status: statusOf(response), reply: response }, { cause: error });
    case 'service':
      return new ServiceRefused(`the mail server refuses mail from this service: ${response}`, {
        cause: error,
      });
    case 'mailbox':
      return error;
  }
}

interface SmtpError {
  readonly responseCode: number;
  readonly response: string;
  readonly command: string;
}
