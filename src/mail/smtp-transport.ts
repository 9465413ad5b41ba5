import { createTransport } from 'nodemailer';
import type { Config } from '../config/config.js';
import { type IdentifiedMail, type MailTransport, RecipientRefused, ServiceRefused } from './mail.js';
import { refusedPart } from './permanent-reply.js';

const CONNECT_TIMEOUT_MS = 10_000;
const SILENCE_MS = 20_000;

/** Sends mails through an SMTP server. */
export class SmtpTransport implements MailTransport {
  private readonly transporter;
  private readonly domain: string;

  /** @param smtpUrl `smtp://` (STARTTLS if offered) or `smtps://`; nodemailer's options are query parameters */
  constructor(
    smtpUrl: string,
    private readonly from: Config['mail']['from'],
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

  async send({ id, to, subject, text, html }: IdentifiedMail): Promise<void> {
    try {
      await this.transporter.sendMail({
        from: this.from,
        // Nodemailer does not parse an object, so a quoted address that contains a comma stays one address.
        to: { name: '', address: to },
        subject,
        text,
        html,
        messageId: `<${id}@${this.domain}>`,
        // RFC 3834: keeps auto-responders from replying.
        headers: { 'Auto-Submitted': 'auto-generated' },
      });
    } catch (error) {
      throw sendingError(error);
    }
  }

  close(): void {
    this.transporter.close();
  }
}

/** RFC 5321 §4.2.1: a command must not be repeated after a 5xx reply, unless something has changed. */
function sendingError(error: unknown): unknown {
  const { responseCode = 0, response = '', command } = error as Partial<SmtpError>;
  if (responseCode < 500) return error;
  switch (refusedPart(command, responseCode, response)) {
    case 'recipient':
      return new RecipientRefused('the mail server refused the recipient', { cause: error });
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
