import { createTransport } from 'nodemailer';
import type { Config } from '../config/config.js';
import { type IdentifiedMail, type MailTransport, RecipientRefused } from './mail.js';

const CONNECT_TIMEOUT_MS = 10_000;
const SILENCE_MS = 20_000;

/** Any server that speaks SMTP. */
export class SmtpTransport implements MailTransport {
  private readonly transporter;
  private readonly domain: string;

  /** @param smtpUrl `smtp://` (STARTTLS where it is offered) or `smtps://`, with the options of nodemailer as a query */
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
      // No text of ours names a file or a URL; none that slipped in is to be fetched.
      { disableFileAccess: true, disableUrlAccess: true },
    );
    this.domain = /@([^>]+)>?$/.exec(from)?.[1] ?? 'localhost';
  }

  async send({ id, to, subject, text, html }: IdentifiedMail): Promise<void> {
    try {
      await this.transporter.sendMail({
        from: this.from,
        // As an object it is not parsed: an address with a comma in its quotes stays one address.
        to: { name: '', address: to },
        subject,
        text,
        html,
        messageId: `<${id}@${this.domain}>`,
        // RFC 3834: nobody's holiday notice is to answer.
        headers: { 'Auto-Submitted': 'auto-generated' },
      });
    } catch (error) {
      throw isRefusedForGood(error)
        ? new RecipientRefused('the server knows no such recipient', { cause: error })
        : error;
    }
  }

  close(): void {
    this.transporter.close();
  }
}

/** RFC 5321 §4.2.1: 5xx is not to be repeated. Only of the recipient: any other refusal is the operator's to mend. */
function isRefusedForGood(error: unknown): boolean {
  const { responseCode = 0, command } = error as { responseCode?: number; command?: string };
  return command === 'RCPT TO' && responseCode >= 500;
}
