import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditLog } from '../audit/audit-log.js';
import { withoutTokens } from '../logging/log-text.js';
import type { DeliveryFailure } from './delivery-report.js';
import { isAboutRecipient } from './permanent-reply.js';
import { UndeliverableAddress } from './undeliverable-address.entity.js';

const REPLY_MAX_LENGTH = 300;

const MARK = `
  INSERT INTO undeliverable_addresses (user_id, reply) SELECT id, $2 FROM users WHERE id = $1
  ON CONFLICT (user_id) DO UPDATE SET reply = excluded.reply`;

/**
 * Records which users cannot be reached by mail. They still get mail: a server can be wrong, and a security notice is
 * worth another attempt.
 */
@Injectable()
export class UndeliverableAddresses {
  constructor(
    private readonly dataSource: DataSource,
    private readonly audit: AuditLog,
  ) {}

  /**
   * Records a failed delivery.
   *
   * @returns whether the address was marked, because it does not exist
   */
  async record(userId: string, { status, reply }: DeliveryFailure): Promise<boolean> {
    const isMarked = isAboutRecipient(status, reply);
    // A server may quote the mail, and anything that changes what a terminal shows.
    const quoted = withoutTokens(reply)
      .replace(/\p{C}+/gu, ' ')
      .slice(0, REPLY_MAX_LENGTH);
    if (isMarked) await this.dataSource.query(MARK, [userId, quoted]);
    this.audit.write({
      event: 'mail_bounced',
      outcome: 'observed',
      actor: 'latchkey',
      userId,
      detail: { status, is_undeliverable: isMarked },
    });
    return isMarked;
  }

  find(userId: string): Promise<UndeliverableAddress | null> {
    return this.dataSource.getRepository(UndeliverableAddress).findOneBy({ userId });
  }

  count(): Promise<number> {
    return this.dataSource.getRepository(UndeliverableAddress).count();
  }
}

/** Someone has opened a link that was mailed to the user. */
export async function markDeliverable(manager: EntityManager, userId: string): Promise<void> {
  await manager.query('DELETE FROM undeliverable_addresses WHERE user_id = $1', [userId]);
}
