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
export class User {
  /** UUIDv7. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'users_pkey' })
  id!: string;

  /** Normalised, lower case: addresses are unique without regard to case. */
  @Column('text')
  email!: string;

  /** argon2id, in PHC string format. */
  @Column('text', { name: 'password_hash' })
  passwordHash!: string;

  /** Counts the changes of the password by its user: what was begun with the one before does not end well. */
  @Column('integer', { name: 'password_version', default: 0 })
  passwordVersion!: number;

  /** When somebody proved that they read mail to this address. */
  @Column('timestamptz', { name: 'email_confirmed_at', nullable: true })
  emailConfirmedAt!: Date | null;

  @Column('text', { default: 'active' })
  status!: UserStatus;

  @Column('text', { array: true, default: '{}' })
  roles!: string[];

  /** Counts the changes of `roles` (by trigger). A token that carries a smaller number is stale. */
  @Column('integer', { name: 'roles_version', default: 0 })
  rolesVersion!: number;

  @Column('timestamptz', { name: 'roles_changed_at', nullable: true })
  rolesChangedAt!: Date | null;

  /** When the last change of roles was confirmed to hold on every instance. */
  @Column('timestamptz', { name: 'roles_enforced_at', nullable: true })
  rolesEnforcedAt!: Date | null;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;
}
