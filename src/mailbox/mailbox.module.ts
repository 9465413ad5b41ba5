import { Module } from '@nestjs/common';
import { MailboxController } from './mailbox.controller.js';

/** Only for a service that writes its mail to files. */
@Module({ controllers: [MailboxController] })
export class MailboxModule {}
