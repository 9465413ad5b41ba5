import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Config } from '../config/config.js';
import { noticeOf } from '../mail/mail-kind.js';
import { Outbox } from '../mail/outbox.js';
import type { MailableEvent } from '../policy/mailed-events.js';
import { SecurityEvents } from '../security-events/security-events.js';

/** Puts a mail into the outbox for each security event of which the policy wants its user told. */
@Injectable()
export class SecurityNotices implements OnModuleInit {
  constructor(
    private readonly events: SecurityEvents,
    private readonly outbox: Outbox,
    private readonly config: Config,
  ) {}

  onModuleInit(): void {
    const mailed: readonly string[] = this.config.mail.events;
    this.events.announceTo(async (manager, { kind, userId, sessionId, deviceId, address, place, detail }) => {
      if (!mailed.includes(kind)) return;
      const facts = { sessionId, deviceId, address, place, device: detail?.device };
      await this.outbox.add(manager, noticeOf(kind as MailableEvent, userId, facts));
    });
  }
}
