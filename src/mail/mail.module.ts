import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Config } from '../config/config.js';
import { FileTransport } from './file-transport.js';
import type { MailTransport } from './mail.js';
import { MAIL_TRANSPORT, MailDispatcher } from './mail-dispatcher.js';
import { MailMetrics } from './mail-metrics.js';
import { MailNotices } from './mail-notices.entity.js';
import { Outbox, sendsMail } from './outbox.js';
import { OutboxMail } from './outbox-mail.entity.js';
import { OutboxQueue } from './outbox-queue.js';
import { SmtpTransport } from './smtp-transport.js';

/** Needs a `MailComposer` from a global module, and does not start without one. */
@Module({
  imports: [TypeOrmModule.forFeature([OutboxMail, MailNotices])],
  providers: [
    Outbox,
    OutboxQueue,
    MailDispatcher,
    MailMetrics,
    { provide: MAIL_TRANSPORT, inject: [Config], useFactory: transportOf },
  ],
  exports: [Outbox],
})
export class MailModule {}

function transportOf(config: Config): MailTransport | null {
  if (!sendsMail(config)) return null;
  const { smtpUrl, from } = config.mail;
  return smtpUrl ? new SmtpTransport(smtpUrl, from) : new FileTransport(join(config.dataDir, 'outbox'));
}
