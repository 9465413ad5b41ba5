import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { v7 as newId } from 'uuid';
import { Config } from '../config/config.js';

export interface NewMail {
  /** Known to the composer of `MailDispatcher`. */
  readonly kind: string;
  /** `null`: the composer finds out whom it is for. */
  readonly userId: string | null;
  readonly facts?: Readonly<Record<string, unknown>>;
  /** How long it is of use. */
  readonly usefulForMs: number;
}

/** Whether this deployment sends mails; development writes them into files. */
export function sendsMail({ production, mail }: Pick<Config, 'production' | 'mail'>): boolean {
  return mail.smtpUrl !== null || !production;
}

/** Takes mails in the transaction of what they tell of: one is sent if and only if that was committed. */
@Injectable()
export class Outbox {
  constructor(private readonly config: Config) {}

  /** Does the same whoever the mail is for. Where no mail can be sent none is kept: it would be of no use later. */
  async add(manager: EntityManager, { kind, userId, facts = {}, usefulForMs }: NewMail): Promise<void> {
    if (!sendsMail(this.config)) return;
    await manager.query(
      `INSERT INTO mail_outbox (id, kind, user_id, facts, expires_at)
       VALUES ($1, $2, $3, $4, now() + $5 * interval '1 millisecond')`,
      [newId(), kind, userId, facts, usefulForMs],
    );
  }
}
