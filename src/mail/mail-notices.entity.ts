import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

/** The notices that were mailed to one account lately, so that their number can be limited. */
@Entity('mail_notices')
export class MailNotices {
  @ForeignKey('users', { name: 'mail_notices_user_id_fkey', onDelete: 'CASCADE' })
  @PrimaryColumn('uuid', { name: 'user_id', primaryKeyConstraintName: 'mail_notices_pkey' })
  userId!: string;

  @Column('timestamptz', { name: 'window_started_at' })
  windowStartedAt!: Date;

  /** The kind of each notice that was mailed in this window. */
  @Column('text', { array: true, default: [] })
  mailed!: string[];

  @Column('timestamptz', { name: 'digest_due_at', nullable: true })
  digestDueAt!: Date | null;
}
