import { Check, Column, Entity, Index, PrimaryColumn, Unique } from 'typeorm';

export type UserStatus = 'active' | 'disabled';

@Entity('users')
@Unique('users_email_key', ['email'])
@Check('users_email_check', 'email = lower(email)')
@Check('users_status_check', `status IN ('active', 'disabled')`)
@Index('users_roles_changed_at_idx', ['rolesChangedAt'], { where: 'roles_changed_at IS NOT NULL' })
@Index('users_roles_unenforced_idx', ['rolesChangedAt'], {
  where: 'roles_changed_at IS NOT NULL AND roles_enforced_at IS NULL',
})
@Index('users_roles_changed_xid_idx', ['rolesChangedXid', 'id'], { where: 'roles_changed_xid IS NOT NULL' })
export class User {
  /** UUIDv7. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'users_pkey' })
  id!: string;

  /**
   * In the form of `normaliseEmail`, so that a mailbox has one account. Accounts that shared one before that rule existed
   * have another spelling.
   */
  @Column('text')
  email!: string;

  /** argon2id, in PHC string format. */
  @Column('text', { name: 'password_hash' })
  passwordHash!: string;

  /**
   * Counts password changes, so that a login or change that was verified against an earlier password fails.
   */
  @Column('integer', { name: 'password_version', default: 0 })
  passwordVersion!: number;

  /** When the user followed a link that was mailed to this address. */
  @Column('timestamptz', { name: 'email_confirmed_at', nullable: true })
  emailConfirmedAt!: Date | null;

  /** Devices whose last login is older count as new at their next login; `null` if trust has never been ended. */
  @Column('timestamptz', { name: 'devices_trusted_since', nullable: true })
  devicesTrustedSince!: Date | null;

  /** BCP 47 tag of the language of mails; `null` if it is unknown. A newer version may know more languages. */
  @Column('text', { nullable: true })
  language!: string | null;

  @Column('text', { default: 'active' })
  status!: UserStatus;

  @Column('text', { array: true, default: '{}' })
  roles!: string[];

  /** Counts changes of `roles` (by trigger). A token with a smaller number is stale. */
  @Column('integer', { name: 'roles_version', default: 0 })
  rolesVersion!: number;

  /** Counts the times when all sessions were revoked at once. A session with a smaller epoch is over. */
  @Column('integer', { name: 'session_epoch', default: 0 })
  sessionEpoch!: number;

  /** When `rolesVersion` or `sessionEpoch` last changed (by trigger). */
  @Column('timestamptz', { name: 'roles_changed_at', nullable: true })
  rolesChangedAt!: Date | null;

  /** The transaction that changed it (by trigger). */
  @Column('bigint', { name: 'roles_changed_xid', nullable: true })
  rolesChangedXid!: string | null;

  /** When that change was confirmed to be enforced on every instance. */
  @Column('timestamptz', { name: 'roles_enforced_at', nullable: true })
  rolesEnforcedAt!: Date | null;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;
}
