import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { v7 as newId } from 'uuid';
import { Config } from '../config/config.js';
import type { NewMail } from './new-mail.js';

/** Whether this deployment sends mails; in development they are written to files. */
export function sendsMail({ production, mail }: Pick<Config, 'production' | 'mail'>): boolean {
  return mail.smtpUrl !== null || !production;
}

/** Stores mails in the caller's transaction, so that a mail is sent if and only if its cause was committed. */
@Injectable()
export class Outbox {
  constructor(private readonly config: Config) {}

  /**
   * Does the same work for every recipient, known or not. Without a way to send mail nothing is stored: the mail would
   * be out of date by the time one is configured.
   */
  async add(manager: EntityManager, { kind, userId, facts = {}, usefulForMs }: NewMail): Promise<void> {
    if (!sendsMail(this.config)) return;
    await manager.query(
      `INSERT INTO mail_outbox (id, kind, user_id, facts, expires_at)
       VALUES ($1, $2, $3, $4, now() + $5 * interval '1 millisecond')`,
      [newId(), kind, userId, facts, usefulForMs],
    );
  }
}
