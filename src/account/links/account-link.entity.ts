import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

export type LinkPurpose = 'confirm_email' | 'reset_password' | 'disown';

/** Something that whoever reads the user's mail may do once. Its token is made from the id, and kept nowhere. */
@Entity('account_links')
@Check('account_links_purpose_check', `purpose IN ('confirm_email', 'reset_password', 'disown')`)
@Index('account_links_user_id_idx', ['userId'])
@Index('account_links_expires_at_idx', ['expiresAt'])
export class AccountLink {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'account_links_pkey' })
  id!: string;

  @ForeignKey('users', { name: 'account_links_user_id_fkey', onDelete: 'CASCADE' })
  @Column('uuid', { name: 'user_id' })
  userId!: string;

  @Column('text')
  purpose!: LinkPurpose;

  /** What is disowned. */
  @Column('uuid', { name: 'session_id', nullable: true })
  sessionId!: string | null;

  @Column('uuid', { name: 'device_id', nullable: true })
  deviceId!: string | null;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt!: Date;

  @Column('timestamptz', { name: 'used_at', nullable: true })
  usedAt!: Date | null;
}
