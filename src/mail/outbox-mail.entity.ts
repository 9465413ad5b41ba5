import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** A mail that is to be sent. What it says is written when it is sent; here are the facts it is made of. */
@Entity('mail_outbox')
@Index('mail_outbox_due_idx', ['nextAttemptAt'], { where: 'failed_at IS NULL' })
@Index('mail_outbox_failed_at_idx', ['failedAt'], { where: 'failed_at IS NOT NULL' })
@Index('mail_outbox_user_id_idx', ['userId'])
export class OutboxMail {
  /** UUIDv7; the mail's Message-ID is made of it, so that a mail sent twice is known for one. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'mail_outbox_pkey' })
  id!: string;

  @Column('text')
  kind!: string;

  /** Whom it is for; `null` when that is yet to be found out. */
  @ForeignKey('users', { name: 'mail_outbox_user_id_fkey', onDelete: 'CASCADE' })
  @Column('uuid', { name: 'user_id', nullable: true })
  userId!: string | null;

  /** Never a secret: whoever reads the table could use it. */
  @Column('jsonb', { default: {} })
  facts!: Record<string, unknown>;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  /** Later it is of no use to anybody. */
  @Column('timestamptz', { name: 'expires_at' })
  expiresAt!: Date;

  @Column('integer', { default: 0 })
  attempts!: number;

  /** Moved into the future by whoever takes the mail to send it: if they die, it is taken again then. */
  @Column('timestamptz', { name: 'next_attempt_at', default: () => 'now()' })
  nextAttemptAt!: Date;

  /** When it was given up. */
  @Column('timestamptz', { name: 'failed_at', nullable: true })
  failedAt!: Date | null;

  @Column('text', { name: 'last_error', nullable: true })
  lastError!: string | null;
}
