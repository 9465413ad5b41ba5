import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Registry } from 'prom-client';
import { OutboxQueue } from './outbox-queue.js';
import { UndeliverableAddresses } from './undeliverable-addresses.js';

const ATTEMPT_RESULTS = ['sent', 'failed', 'refused', 'given_up', 'dropped'] as const;
export type AttemptResult = (typeof ATTEMPT_RESULTS)[number];

@Injectable()
export class MailMetrics {
  private readonly attempts: Counter<'result'>;

  constructor(registry: Registry, queue: OutboxQueue, undeliverable: UndeliverableAddresses) {
    const registers = [registry];
    this.attempts = new Counter({
      name: 'latchkey_mail_attempts_total',
      help: 'Attempts to send a mail, by result.',
      labelNames: ['result'],
      registers,
    });
    // A counter that appears with the value 1 has not increased for Prometheus: an alert would miss the first mail.
    for (const result of ATTEMPT_RESULTS) this.attempts.inc({ result }, 0);
    const outbox = new Gauge({
      name: 'latchkey_mail_outbox',
      help: 'Mails in the outbox: waiting, or given up in the last 30 days.',
      labelNames: ['state'],
      registers,
      async collect() {
        // Without Postgres the counts are unknown, but the other metrics must remain readable.
        outbox.reset();
        const counts = await queue.count().catch(() => null);
        if (!counts) return;
        this.set({ state: 'waiting' }, counts.waiting);
        this.set({ state: 'given_up' }, counts.givenUp);
      },
    });
    const addresses = new Gauge({
      name: 'latchkey_mail_undeliverable_addresses',
      help: 'Users whose address has refused mail as unknown.',
      registers,
      async collect() {
        addresses.reset();
        const count = await undeliverable.count().catch(() => null);
        if (count !== null) this.set(count);
      },
    });
  }

  attempted(result: AttemptResult): void {
    this.attempts.inc({ result });
  }
}
