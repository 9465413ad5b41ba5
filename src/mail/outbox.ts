import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { v7 as newId } from 'uuid';
import { Config } from '../config/config.js';
import { AppError } from '../errors/app-error.js';
import type { Notice, RequestedMail } from './new-mail.js';
import { routeNotice } from './notices.js';

/** Whether this deployment sends mails; in development they are written to files. */
export function sendsMail({ production, mail }: Pick<Config, 'production' | 'mail'>): boolean {
  return mail.smtpUrl !== null || !production;
}

// The turn orders the mails of one share, so that a share with many waiting mails does not delay the others. A request
// for a mail that is waiting already keeps that mail useful for longer.
const ADD_REQUESTED = `
  INSERT INTO mail_outbox (id, kind, user_id, facts, expires_at, is_requested, share, merge_key, turn)
  VALUES ($1, $2, $3, $4, now() + $5 * interval '1 millisecond', true, $6, $7,
    (SELECT count(*) FROM mail_outbox WHERE share = $6 AND failed_at IS NULL))
  ON CONFLICT (merge_key, kind) WHERE failed_at IS NULL AND (is_requested OR attempts = 0)
  DO UPDATE SET expires_at = greatest(mail_outbox.expires_at, excluded.expires_at)`;

const ADD_NOTICE = `
  INSERT INTO mail_outbox (id, kind, user_id, facts, expires_at, turn)
  VALUES ($1, $2, $3, $4, now() + $5 * interval '1 millisecond',
    (SELECT count(*) FROM mail_outbox WHERE user_id = $3 AND failed_at IS NULL))`;

// A digest that is being sent is complete: its row has attempts, and another one is begun.
const COUNT_IN_DIGEST = `
  INSERT INTO mail_outbox (id, kind, user_id, facts, expires_at, next_attempt_at, merge_key)
  VALUES ($1, 'notice_digest', $2, jsonb_build_object('counts', jsonb_build_object($3::text, 1)),
          $4::timestamptz + $5 * interval '1 millisecond', $4, $6)
  ON CONFLICT (merge_key, kind) WHERE failed_at IS NULL AND (is_requested OR attempts = 0)
  DO UPDATE SET facts = jsonb_set(mail_outbox.facts, ARRAY['counts', $3],
    to_jsonb(coalesce((mail_outbox.facts #>> ARRAY['counts', $3])::integer, 0) + 1))`;

/** Stores mails in the caller's transaction, so that a mail is sent if and only if its cause was committed. */
@Injectable()
export class Outbox {
  private added = () => {};

  constructor(private readonly config: Config) {}

  /** @param listener is called when a mail has been stored; its transaction is not committed yet */
  onAdded(listener: () => void): void {
    this.added = listener;
  }

  /** For a request that is only about a mail: nothing is promised that will not be sent. @throws {AppError} mail_unavailable */
  requireMail(): void {
    if (!sendsMail(this.config)) throw new AppError('mail_unavailable');
  }

  /**
   * A mail that a client asked for. Does the same work for every recipient, known or not. Without a way to send mail
   * nothing is stored: the mail would be out of date by the time one is configured.
   */
  async request(manager: EntityManager, mail: RequestedMail): Promise<void> {
    if (!sendsMail(this.config)) return;
    const { kind, userId, facts = {}, usefulForMs, share, mergeKey } = mail;
    await manager.query(ADD_REQUESTED, [newId(), kind, userId, facts, usefulForMs, share, mergeKey]);
    this.added();
  }

  /**
   * A notice, if the address of its user is confirmed. Only some notices of a day get a mail of their own; the others
   * are counted in a digest.
   */
  async notify(manager: EntityManager, { kind, userId, facts, usefulForMs }: Notice): Promise<void> {
    if (!sendsMail(this.config)) return;
    const route = await routeNotice(manager, userId, kind);
    if (route.as === 'mail') {
      await manager.query(ADD_NOTICE, [newId(), kind, userId, facts, usefulForMs]);
      this.added();
    } else if (route.as === 'digest') {
      await manager.query(COUNT_IN_DIGEST, [newId(), userId, kind, route.dueAt, usefulForMs, userId]);
    }
  }
}
