import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { errorMessage } from '../errors/error-message.js';
import { withTimeout } from '../errors/with-timeout.js';
import { type Mail, type MailTransport, RecipientRefused } from './mail.js';
import { MailMetrics } from './mail-metrics.js';
import type { OutboxMail } from './outbox-mail.entity.js';
import { OutboxQueue } from './outbox-queue.js';
import { retryDelayMs } from './retry-delay.js';

/** Injects `MailTransport | null`: `null` where no mail is sent. */
export const MAIL_TRANSPORT = Symbol('MailTransport');

/** Writes a mail from its facts; `null` when there is nobody to send it to. The same facts may be asked for twice. */
export type MailComposer = (mail: OutboxMail) => Promise<Mail | null>;

const POLL_MS = 1_000;
const AT_ONCE = 5;
/** Less than a mail is taken for. */
const ATTEMPT_MAX_MS = 60_000;
/** What is on its way at the end gets this long; then it is left to whoever takes it next. */
const STOP_MAX_MS = 2_000;
const CLEAN_EVERY_POLLS = 3_600;
const REASON_MAX_LENGTH = 300;

/** Sends what is in the outbox, beside everything else: no request waits for a mail server. */
@Injectable()
export class MailDispatcher implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('Mail');
  private compose: MailComposer = async () => null;
  private timer: NodeJS.Timeout | undefined;
  private round: Promise<void> = Promise.resolve();
  private isStopped = false;
  private isCutOff = false;
  private polls = 0;

  constructor(
    private readonly queue: OutboxQueue,
    private readonly metrics: MailMetrics,
    @Inject(MAIL_TRANSPORT) private readonly transport: MailTransport | null,
  ) {}

  /** To be called before the start is over. */
  composeWith(composer: MailComposer): void {
    this.compose = composer;
  }

  onApplicationBootstrap(): void {
    if (this.transport) this.pollLater(0);
  }

  async onApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    await withTimeout(STOP_MAX_MS, () => this.round).catch(() => {});
    this.transport?.close();
  }

  private pollLater(ms: number): void {
    if (this.isStopped) return;
    this.timer = setTimeout(() => {
      this.round = this.poll()
        .then(
          (taken) => this.polled(taken),
          (error: unknown) => this.cutOff(error),
        )
        .then((next) => this.pollLater(next));
    }, ms);
    this.timer.unref();
  }

  private polled(taken: number): number {
    this.isCutOff = false;
    // A full round: there are more.
    return taken === AT_ONCE ? 0 : POLL_MS;
  }

  private cutOff(error: unknown): number {
    // Once for each outage.
    if (!this.isCutOff) this.logger.warn(`the outbox cannot be read, mails wait: ${errorMessage(error)}`);
    this.isCutOff = true;
    return POLL_MS;
  }

  private async poll(): Promise<number> {
    if (this.polls++ % CLEAN_EVERY_POLLS === 0) await this.queue.removeGivenUp();
    const mails = await this.queue.take(AT_ONCE);
    await Promise.all(mails.map((mail) => this.attempt(mail)));
    return mails.length;
  }

  private async attempt(mail: OutboxMail): Promise<void> {
    let isSent: boolean;
    try {
      isSent = await withTimeout(ATTEMPT_MAX_MS, () => this.send(mail));
    } catch (error) {
      await this.failed(mail, error);
      return;
    }
    this.metrics.attempted(isSent ? 'sent' : 'dropped');
    await this.queue.remove(mail);
  }

  private async send(mail: OutboxMail): Promise<boolean> {
    if (mail.expiresAt.getTime() <= Date.now()) throw new Error(mail.lastError ?? 'nobody took it in time');
    const composed = await this.compose(mail);
    if (!composed || !this.transport) return false;
    await this.transport.send({ ...composed, id: mail.id });
    return true;
  }

  private async failed(mail: OutboxMail, error: unknown): Promise<void> {
    const reason = withoutLinks(errorMessage(error)).slice(0, REASON_MAX_LENGTH);
    const delayMs = retryDelayMs(mail.attempts, Math.random());
    const isHopeless = error instanceof RecipientRefused || Date.now() + delayMs > mail.expiresAt.getTime();
    const what = `mail ${mail.id} (${mail.kind})`;
    if (isHopeless) {
      this.metrics.attempted('given_up');
      this.logger.error(`${what} is given up after ${mail.attempts} attempts: ${reason}`);
      await this.queue.giveUp(mail, reason);
    } else {
      this.metrics.attempted('failed');
      this.logger.warn(`${what} was not sent, attempt ${mail.attempts}: ${reason}`);
      await this.queue.retry(mail, delayMs, reason);
    }
  }
}

/** A mail server may repeat in its answer what it was sent. */
function withoutLinks(text: string): string {
  return text.replaceAll(/lkm_[\w-]*/g, '[link]');
}
