import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { OutboxMail } from './outbox-mail.entity.js';

/** Longer than one attempt may take: until then no other instance takes the same mail. */
const TAKEN_FOR = `interval '2 minutes'`;

const due = (isRequested: boolean) => `
  SELECT id FROM mail_outbox WHERE is_requested = ${isRequested} AND failed_at IS NULL AND next_attempt_at <= now()
  ORDER BY turn, next_attempt_at`;

// Requested mails first: a person waits for them. Several instances may take mails at the same time; each skips the rows
// that another has locked.
const TAKE = `
  WITH requested AS (${due(true)} LIMIT $1 FOR UPDATE SKIP LOCKED),
       notices AS (${due(false)} LIMIT least($2, $1 - (SELECT count(*) FROM requested)) FOR UPDATE SKIP LOCKED)
  UPDATE mail_outbox SET attempts = attempts + 1, next_attempt_at = now() + ${TAKEN_FOR}
  WHERE id IN (SELECT id FROM requested UNION ALL SELECT id FROM notices)
  RETURNING id, (extract(epoch FROM expires_at - now()) * 1000)::float8 AS "usefulForMs"`;

// The facts are personal data and no longer needed. The row and the reason of the failure are kept for the operator.
const GIVE_UP = `
  UPDATE mail_outbox SET failed_at = now(), facts = '{}', share = NULL, merge_key = NULL, last_error = $3
  WHERE id = $1 AND attempts = $2`;

const REMOVE_GIVEN_UP = `DELETE FROM mail_outbox WHERE failed_at < now() - interval '30 days'`;

export interface TakenMail extends OutboxMail {
  /** By `performance.now()`: the wall clock of an instance may differ from that of the database. */
  readonly usefulUntil: number;
}

/**
 * The waiting mails, in Postgres. An instance that takes a mail holds it for two minutes. Every later statement checks
 * the number of attempts, so a late instance cannot change a mail that another has taken since.
 */
@Injectable()
export class OutboxQueue {
  constructor(private readonly dataSource: DataSource) {}

  /** @param noticeLimit how many of them may be notices */
  async take(limit: number, noticeLimit: number): Promise<TakenMail[]> {
    const [rows] = await this.dataSource.query<[{ id: string; usefulForMs: number }[], number]>(TAKE, [
      limit,
      noticeLimit,
    ]);
    if (rows.length === 0) return [];
    const usefulUntil = new Map(rows.map(({ id, usefulForMs }) => [id, performance.now() + usefulForMs]));
    const mails = await this.dataSource
      .getRepository(OutboxMail)
      .findBy([...usefulUntil.keys()].map((id) => ({ id })));
    return mails.map((mail) => Object.assign(mail, { usefulUntil: usefulUntil.get(mail.id) ?? 0 }));
  }

  /** For a mail that was sent or is no longer needed: nothing of it is kept. */
  async remove({ id, attempts }: OutboxMail): Promise<void> {
    await this.dataSource.query('DELETE FROM mail_outbox WHERE id = $1 AND attempts = $2', [id, attempts]);
  }

  async retry({ id, attempts }: OutboxMail, afterMs: number, reason: string): Promise<void> {
    await this.dataSource.query(
      `UPDATE mail_outbox SET next_attempt_at = now() + $3 * interval '1 millisecond', last_error = $4
       WHERE id = $1 AND attempts = $2`,
      [id, attempts, afterMs, reason],
    );
  }

  async giveUp({ id, attempts }: OutboxMail, reason: string): Promise<void> {
    await this.dataSource.query(GIVE_UP, [id, attempts, reason]);
  }

  async removeGivenUp(): Promise<void> {
    await this.dataSource.query(REMOVE_GIVEN_UP);
  }

  async count(): Promise<{ waiting: number; givenUp: number }> {
    const [counts] = await this.dataSource.query<[{ waiting: number; givenUp: number }]>(
      `SELECT (SELECT count(*) FROM mail_outbox WHERE failed_at IS NULL)::integer AS waiting,
              (SELECT count(*) FROM mail_outbox WHERE failed_at IS NOT NULL)::integer AS "givenUp"`,
    );
    return counts;
  }
}
