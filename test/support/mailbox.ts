import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { waitUntil } from './wait-until.js';

export interface ReceivedMail {
  /** The recipients of the SMTP envelope, which may differ from the headers. */
  readonly envelope: readonly string[];
  readonly parsed: ParsedMail;
  /** The message as received. */
  readonly raw: string;
  readonly text: string;
  readonly html: string;
  /** The token in the fragment of its link; empty if there is none. */
  readonly token: string;
}

type Answers = Pick<SMTPServerOptions, 'onRcptTo' | 'onConnect' | 'onMailFrom'> & {
  /** Called when a mail was received, before it is acknowledged. */
  readonly onReceived?: () => Promise<void>;
};

/** A real SMTP server that keeps every mail it receives. */
export class Mailbox {
  readonly mails: ReceivedMail[] = [];

  private constructor(
    private readonly server: SMTPServer,
    readonly port: number,
  ) {}

  /** @param port a fixed port, to restart at the same address; 0 for any free port */
  static async open({
    port = 0,
    onReceived,
    ...answers
  }: Answers & { port?: number } = {}): Promise<Mailbox> {
    let mailbox: Mailbox | undefined;
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      disableReverseLookup: true,
      ...answers,
      onData: (stream, session, done) => {
        const keep = async () => {
          const chunks: Buffer[] = [];
          for await (const chunk of stream) chunks.push(chunk as Buffer);
          await mailbox?.keep(
            Buffer.concat(chunks).toString(),
            session.envelope.rcptTo.map(({ address }) => address),
          );
          await onReceived?.();
        };
        keep().then(() => done(), done);
      },
    });
    // A connection that the client aborts must not fail the test.
    server.on('error', () => {});
    server.listen(port, '127.0.0.1');
    await once(server.server, 'listening');
    mailbox = new Mailbox(server, (server.server.address() as AddressInfo).port);
    return mailbox;
  }

  get url(): string {
    return `smtp://127.0.0.1:${this.port}`;
  }

  to(address: string): ReceivedMail[] {
    return this.mails.filter(({ envelope }) => envelope.includes(address));
  }

  /** Waits for `count` mails to the address with the subject, and returns the newest. */
  async waitFor(address: string, subject: RegExp | string, count = 1): Promise<ReceivedMail> {
    const found = () =>
      this.to(address).filter(({ parsed }) =>
        typeof subject === 'string' ? parsed.subject === subject : subject.test(parsed.subject ?? ''),
      );
    await waitUntil(`${count} mails "${subject}" to ${address}`, () => found().length >= count, {
      timeoutMs: 30_000,
    });
    return found().at(-1) as ReceivedMail;
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => this.server.close(resolve));
  }

  private async keep(raw: string, envelope: string[]): Promise<void> {
    const parsed = await simpleParser(raw);
    const text = parsed.text ?? '';
    this.mails.push({
      envelope,
      parsed,
      raw,
      text,
      html: parsed.html || '',
      token: /#token=(\S+)/.exec(text)?.[1] ?? '',
    });
  }
}
