import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

export type LinkPurpose = 'confirm_email' | 'reset_password' | 'disown';

/** Allows the person who reads the user's email one action, once. The token is derived from the id and not stored. */
@Entity('account_links')
@Check('account_links_purpose_check', `purpose IN ('confirm_email', 'reset_password', 'disown')`)
@Index('account_links_user_id_purpose_idx', ['userId', 'purpose', 'createdAt', 'id'])
@Index('account_links_expires_at_idx', ['expiresAt'])
export class AccountLink {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'account_links_pkey' })
  id!: string;

  @ForeignKey('users', { name: 'account_links_user_id_fkey', onDelete: 'CASCADE' })
  @Column('uuid', { name: 'user_id' })
  userId!: string;

  @Column('text')
  purpose!: LinkPurpose;

  /** The session whose sign-in is rejected; for `disown` only. */
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
