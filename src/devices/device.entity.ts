import { Check, Column, Entity, ForeignKey, PrimaryColumn, Unique } from 'typeorm';
import type { DeviceKind } from '../user-agents/device-kind.js';

@Entity('devices')
@Unique('devices_user_id_token_hash_key', ['userId', 'tokenHash'])
@Check(
  'devices_kind_check',
  `kind IN ('desktop', 'mobile', 'tablet', 'tv', 'console', 'reader', 'app', 'script', 'other')`,
)
export class Device {
  /** UUIDv7. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'devices_pkey' })
  id!: string;

  @ForeignKey('users', { name: 'devices_user_id_fkey', onDelete: 'CASCADE' })
  @Column('uuid', { name: 'user_id' })
  userId!: string;

  /** SHA-256 of the opaque device token that the client stores. */
  @Column('bytea', { name: 'token_hash' })
  tokenHash!: Buffer;

  @Column('text')
  name!: string;

  @Column('text')
  kind!: DeviceKind;

  @Column('text', { nullable: true })
  browser!: string | null;

  @Column('text', { nullable: true })
  system!: string | null;

  /** The manufacturer: `Google`. */
  @Column('text', { nullable: true })
  brand!: string | null;

  /** `Pixel 8`. */
  @Column('text', { nullable: true })
  model!: string | null;

  /** The network address of its last login. */
  @Column('inet', { nullable: true })
  address!: string | null;

  @Column('timestamptz', { name: 'first_seen_at', default: () => 'now()' })
  firstSeenAt!: Date;

  /** The last login or password change. Later use is recorded with the sessions. */
  @Column('timestamptz', { name: 'last_seen_at', default: () => 'now()' })
  lastSeenAt!: Date;

  /** The token of a terminated device no longer identifies it. */
  @Column('timestamptz', { name: 'terminated_at', nullable: true })
  terminatedAt!: Date | null;
}
