import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Config } from '../config/config.js';
import { BounceAddresses } from './bounce-addresses.js';
import { FileTransport } from './file-transport.js';
import type { MailTransport } from './mail.js';
import { MAIL_TRANSPORT, MailDispatcher } from './mail-dispatcher.js';
import { MailMetrics } from './mail-metrics.js';
import { MailNotices } from './mail-notices.entity.js';
import { Outbox, sendsMail } from './outbox.js';
import { OutboxMail } from './outbox-mail.entity.js';
import { OutboxQueue } from './outbox-queue.js';
import { SmtpTransport } from './smtp-transport.js';
import { UndeliverableAddress } from './undeliverable-address.entity.js';
import { UndeliverableAddresses } from './undeliverable-addresses.js';
import { outboxDirectory } from './written-mails.js';

/** Needs a `MailComposer` from a global module, and does not start without one. */
@Module({
  imports: [TypeOrmModule.forFeature([OutboxMail, MailNotices, UndeliverableAddress])],
  providers: [
    Outbox,
    OutboxQueue,
    MailDispatcher,
    MailMetrics,
    UndeliverableAddresses,
    { provide: MAIL_TRANSPORT, inject: [Config], useFactory: transportOf },
  ],
  exports: [Outbox],
})
export class MailModule {}

function transportOf(config: Config): MailTransport | null {
  if (!sendsMail(config)) return null;
  const { smtpUrl, from, bounceAddress } = config.mail;
  if (smtpUrl === null) return new FileTransport(outboxDirectory(config));
  const bounceAddresses = bounceAddress === null ? null : new BounceAddresses(config.secret, bounceAddress);
  return new SmtpTransport(smtpUrl, from, bounceAddresses);
}
