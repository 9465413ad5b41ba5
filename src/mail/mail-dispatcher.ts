import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { errorMessage } from '../errors/error-message.js';
import { withTimeout } from '../errors/with-timeout.js';
import { withoutTokens } from '../logging/log-text.js';
import { type MailTransport, RecipientRefused } from './mail.js';
import { MailComposer } from './mail-composer.js';
import { MailMetrics } from './mail-metrics.js';
import type { OutboxMail } from './outbox-mail.entity.js';
import { OutboxQueue } from './outbox-queue.js';
import { queuedMail } from './queued-mail.js';
import { retryDelayMs } from './retry-delay.js';

/** Injects `MailTransport | null`: `null` if this deployment sends no mail. */
export const MAIL_TRANSPORT = Symbol('MailTransport');

const POLL_MS = 1_000;
const BATCH_SIZE = 5;
/** Shorter than the time for which the queue reserves a mail. */
const ATTEMPT_MAX_MS = 60_000;
/** How long a shutdown waits for attempts in progress. Another instance takes the unfinished ones later. */
const STOP_MAX_MS = 2_000;
const CLEAN_UP_EVERY_POLLS = 3_600;
const REASON_MAX_LENGTH = 300;

/** Sends the mails of the outbox in the background: no request waits for a mail server. */
@Injectable()
export class MailDispatcher implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('Mail');
  private timer: NodeJS.Timeout | undefined;
  private round: Promise<void> = Promise.resolve();
  private isStopped = false;
  private isFailing = false;
  private polls = 0;

  constructor(
    private readonly queue: OutboxQueue,
    private readonly composer: MailComposer,
    private readonly metrics: MailMetrics,
    @Inject(MAIL_TRANSPORT) private readonly transport: MailTransport | null,
  ) {}

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
          (error: unknown) => this.pollFailed(error),
        )
        .then((next) => this.pollLater(next));
    }, ms);
    this.timer.unref();
  }

  private polled(taken: number): number {
    this.isFailing = false;
    // After a full batch there may be more.
    return taken === BATCH_SIZE ? 0 : POLL_MS;
  }

  private pollFailed(error: unknown): number {
    // Logged once per outage.
    if (!this.isFailing) this.logger.warn(`cannot read the outbox, mails wait: ${errorMessage(error)}`);
    this.isFailing = true;
    return POLL_MS;
  }

  private async poll(): Promise<number> {
    if (this.polls++ % CLEAN_UP_EVERY_POLLS === 0) await this.queue.removeGivenUp();
    const mails = await this.queue.take(BATCH_SIZE);
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
    if (mail.expiresAt.getTime() <= Date.now()) throw new Error(mail.lastError ?? 'not sent in time');
    const composed = await this.composer.compose(queuedMail(mail));
    if (!composed || !this.transport) return false;
    await this.transport.send({ ...composed, id: mail.id });
    return true;
  }

  private async failed(mail: OutboxMail, error: unknown): Promise<void> {
    // A mail server may quote the mail in its answer.
    const reason = withoutTokens(errorMessage(error)).slice(0, REASON_MAX_LENGTH);
    const delayMs = retryDelayMs(mail.attempts, Math.random());
    const isHopeless = error instanceof RecipientRefused || Date.now() + delayMs > mail.expiresAt.getTime();
    const what = `mail ${mail.id} (${mail.kind})`;
    if (isHopeless) {
      this.metrics.attempted('given_up');
      this.logger.error(`gave up ${what} after ${mail.attempts} attempts: ${reason}`);
      await this.queue.giveUp(mail, reason);
    } else {
      this.metrics.attempted('failed');
      this.logger.warn(`${what} was not sent, attempt ${mail.attempts}: ${reason}`);
      await this.queue.retry(mail, delayMs, reason);
    }
  }
}
