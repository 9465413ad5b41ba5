import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** A mail that waits to be sent. Stores the facts only: its text is written when it is sent. */
@Entity('mail_outbox')
@Index('mail_outbox_turn_idx', ['isRequested', 'turn', 'nextAttemptAt'], { where: 'failed_at IS NULL' })
@Index('mail_outbox_share_idx', ['share'], { where: 'failed_at IS NULL' })
@Index('mail_outbox_merge_idx', ['mergeKey', 'kind'], {
  unique: true,
  where: 'failed_at IS NULL AND (is_requested OR attempts = 0)',
})
@Index('mail_outbox_failed_at_idx', ['failedAt'], { where: 'failed_at IS NOT NULL' })
@Index('mail_outbox_user_id_idx', ['userId'])
export class OutboxMail {
  /** UUIDv7. The Message-ID is derived from it, so that a mail client recognises a mail that was sent twice. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'mail_outbox_pkey' })
  id!: string;

  @Column('text')
  kind!: string;

  /** The recipient; `null` if it is looked up when the mail is sent. */
  @ForeignKey('users', { name: 'mail_outbox_user_id_fkey', onDelete: 'CASCADE' })
  @Column('uuid', { name: 'user_id', nullable: true })
  userId!: string | null;

  /** Must not contain secrets: anyone who can read the table could use them. */
  @Column('jsonb', { default: {} })
  facts!: Record<string, unknown>;

  /** Whether a client asked for this mail. Such mails are sent before all others. */
  @Column('boolean', { name: 'is_requested', default: false })
  isRequested!: boolean;

  /** How many mails of the same share, or notices of the same user, were waiting before it. Lower turns are sent first. */
  @Column('integer', { default: 0 })
  turn!: number;

  /** The network that asked for the mail. */
  @Column('text', { nullable: true })
  share!: string | null;

  /** Requests with the same key and kind wait as one mail, and so do the notices of a digest. */
  @Column('text', { name: 'merge_key', nullable: true })
  mergeKey!: string | null;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  /** The mail is given up if it has not been sent by then. */
  @Column('timestamptz', { name: 'expires_at' })
  expiresAt!: Date;

  @Column('integer', { default: 0 })
  attempts!: number;

  /** Moved into the future by the instance that takes the mail: if it crashes, another takes the mail at that time. */
  @Column('timestamptz', { name: 'next_attempt_at', default: () => 'now()' })
  nextAttemptAt!: Date;

  /** When the mail was given up. */
  @Column('timestamptz', { name: 'failed_at', nullable: true })
  failedAt!: Date | null;

  @Column('text', { name: 'last_error', nullable: true })
  lastError!: string | null;
}
