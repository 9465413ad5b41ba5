import { setTimeout as sleep } from 'node:timers/promises';
import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { SpanKind } from '@opentelemetry/api';
import { errorMessage } from '../errors/error-message.js';
import { withTimeout } from '../errors/with-timeout.js';
import { withoutTokens } from '../logging/log-text.js';
import { inSpan } from '../telemetry/tracing.js';
import { type MailTransport, RecipientRefused, ServiceRefused } from './mail.js';
import { MailComposer } from './mail-composer.js';
import { MailMetrics } from './mail-metrics.js';
import { Outbox } from './outbox.js';
import { OutboxQueue, type TakenMail } from './outbox-queue.js';
import { queuedMail } from './queued-mail.js';
import { retryDelayMs } from './retry-delay.js';
import { UndeliverableAddresses } from './undeliverable-addresses.js';

/** Injects `MailTransport | null`: `null` if this deployment sends no mail. */
export const MAIL_TRANSPORT = Symbol('MailTransport');

const POLL_MS = 1_000;
/** The transaction that has just stored a mail is usually committed by then. If not, the next poll finds the mail. */
const POLL_SOON_MS = 100;
/** Mails that one instance sends at the same time. */
const SENDING_MAX = 10;
/** The other places are kept for mails that people asked for and wait for. */
const SENDING_NOTICES_MAX = 5;
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
  /** Until the next poll; `undefined` during one. */
  private timer: NodeJS.Timeout | undefined;
  private isMailNew = false;
  /** By the monotonic clock. */
  private nextPollAt = 0;
  private round: Promise<void> = Promise.resolve();
  private readonly sending = new Set<Promise<void>>();
  private sendingNotices = 0;
  private isStopped = false;
  private isFailing = false;
  private polls = 0;

  constructor(
    private readonly outbox: Outbox,
    private readonly queue: OutboxQueue,
    private readonly composer: MailComposer,
    private readonly metrics: MailMetrics,
    private readonly undeliverable: UndeliverableAddresses,
    @Inject(MAIL_TRANSPORT) private readonly transport: MailTransport | null,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.transport) return;
    this.outbox.onAdded(() => this.pollSoon());
    this.pollLater(0);
  }

  async onApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    await withTimeout(STOP_MAX_MS, async () => {
      await this.round;
      await Promise.all(this.sending);
    }).catch(() => {});
    this.transport?.close();
  }

  private pollLater(ms: number): void {
    if (this.isStopped) return;
    this.nextPollAt = performance.now() + ms;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.isMailNew = false;
      this.round = this.poll()
        .then(
          (isMore) => this.polled(isMore),
          (error: unknown) => this.outboxFailed(error),
        )
        .then((next) => this.pollLater(this.isMailNew ? Math.min(next, POLL_SOON_MS) : next));
    }, ms);
    this.timer.unref();
  }

  private pollSoon(): void {
    // A poll that is running may have missed the mail, and looks at this when it ends.
    this.isMailNew = true;
    if (this.timer === undefined || this.nextPollAt - performance.now() <= POLL_SOON_MS) return;
    clearTimeout(this.timer);
    this.pollLater(POLL_SOON_MS);
  }

  private polled(isMore: boolean): number {
    this.isFailing = false;
    return isMore ? 0 : POLL_MS;
  }

  private outboxFailed(error: unknown): number {
    // Logged once per outage.
    if (!this.isFailing) this.logger.warn(`cannot read the outbox, mails wait: ${errorMessage(error)}`);
    this.isFailing = true;
    return POLL_MS;
  }

  /** @returns whether there may be more mails to send */
  private async poll(): Promise<boolean> {
    if (this.polls++ % CLEAN_UP_EVERY_POLLS === 0) await this.queue.removeGivenUp();
    const free = SENDING_MAX - this.sending.size;
    const freeForNotices = Math.max(0, SENDING_NOTICES_MAX - this.sendingNotices);
    const mails = await this.queue.take(free, freeForNotices);
    for (const mail of mails) this.begin(mail);
    if (mails.length < Math.min(free, freeForNotices)) return false;
    // One slow mail must not hold up the others: each that is sent makes room for the next. A mail that a person waits
    // for may arrive meanwhile, so this never waits for longer than between two polls.
    await Promise.race([...this.sending, sleep(POLL_MS, undefined, { ref: false })]);
    return true;
  }

  private begin(mail: TakenMail): void {
    const notices = mail.isRequested ? 0 : 1;
    this.sendingNotices += notices;
    const attempt = this.attempt(mail)
      .catch((error: unknown) => void this.outboxFailed(error))
      .finally(() => {
        this.sending.delete(attempt);
        this.sendingNotices -= notices;
      });
    this.sending.add(attempt);
  }

  private async attempt(mail: TakenMail): Promise<void> {
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

  private async send(mail: TakenMail): Promise<boolean> {
    if (mail.usefulUntil <= performance.now()) throw new Error(mail.lastError ?? 'not sent in time');
    const composed = await this.composer.compose(queuedMail(mail));
    if (!composed || !this.transport) return false;
    const { transport } = this;
    const attributes = { 'latchkey.mail.id': mail.id, 'latchkey.mail.kind': mail.kind };
    await inSpan('send mail', { kind: SpanKind.CLIENT, attributes }, () =>
      transport.send({ ...composed, id: mail.id }),
    );
    return true;
  }

  private async failed(mail: TakenMail, error: unknown): Promise<void> {
    // A mail server may quote the mail in its answer.
    const reason = withoutTokens(errorMessage(error)).slice(0, REASON_MAX_LENGTH);
    const delayMs = retryDelayMs(mail.attempts, Math.random());
    const isRefused = error instanceof RecipientRefused;
    const what = `mail ${mail.id} (${mail.kind})`;
    // Before the mail is given up: if this fails, the mail is tried again.
    if (isRefused) await this.undeliverable.record(error.userId, error.failure);
    if (isRefused || performance.now() + delayMs > mail.usefulUntil) {
      this.metrics.attempted(isRefused ? 'refused' : 'given_up');
      this.logger.error(`gave up ${what} after ${mail.attempts} attempts: ${reason}`);
      await this.queue.giveUp(mail, reason);
    } else {
      this.metrics.attempted('failed');
      const line = `${what} was not sent, attempt ${mail.attempts}: ${reason}`;
      if (error instanceof ServiceRefused) this.logger.error(`${line}; check SMTP_URL and MAIL_FROM`);
      else this.logger.warn(line);
      await this.queue.retry(mail, delayMs, reason);
    }
  }
}
