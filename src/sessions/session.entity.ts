import type { SessionStatus } from '@latchkey/revocation/session-snapshot';
import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

@Entity('sessions')
@Check('sessions_status_check', `status IN ('active', 'revoked', 'expired')`)
@Check(
  'sessions_ended_check',
  `(status = 'active' AND ended_at IS NULL AND ended_reason IS NULL AND ended_by IS NULL AND enforced_at IS NULL)
   OR (status <> 'active' AND ended_at IS NOT NULL AND ended_reason IS NOT NULL AND ended_by IS NOT NULL)`,
)
@Index('sessions_live_idx', ['userId', 'epoch', 'deviceId'], { where: `status = 'active'` })
@Index('sessions_user_id_idx', ['userId', 'id'])
@Index('sessions_device_id_idx', ['deviceId'])
@Index('sessions_sweep_at_idx', ['sweepAt'], { where: `status = 'active'` })
@Index('sessions_ended_by_user_idx', ['userId', 'endedAt'], { where: `status <> 'active'` })
@Index('sessions_ended_at_idx', ['endedAt'], { where: `status <> 'active'` })
@Index('sessions_ended_xid_idx', ['endedXid', 'id'], { where: 'ended_xid IS NOT NULL' })
@Index('sessions_unenforced_idx', ['endedAt'], { where: `status <> 'active' AND enforced_at IS NULL` })
export class Session {
  /** UUIDv7, the `sid` claim of its tokens. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'sessions_pkey' })
  id!: string;

  @ForeignKey('users', { name: 'sessions_user_id_fkey', onDelete: 'CASCADE' })
  @Column('uuid', { name: 'user_id' })
  userId!: string;

  @ForeignKey('devices', { name: 'sessions_device_id_fkey', onDelete: 'CASCADE' })
  @Column('uuid', { name: 'device_id' })
  deviceId!: string;

  /** Only ever moves away from `active`; a trigger enforces it. */
  @Column('text', { default: 'active' })
  status!: SessionStatus;

  /**
   * The user's `sessionEpoch` when the session was opened (by trigger), or a later one, if all others were revoked and
   * this one was kept.
   */
  @Column('integer', { default: 0 })
  epoch!: number;

  /** Generation of the current refresh token. */
  @Column('integer', { name: 'refresh_generation', default: 0 })
  refreshGeneration!: number;

  @Column('timestamptz', { name: 'rotated_at', nullable: true })
  rotatedAt!: Date | null;

  /**
   * The highest generation whose tokens have been used, so that its client must have received them; `null` for sessions
   * that were opened before this column and have not rotated since.
   */
  @Column('integer', { name: 'used_generation', nullable: true, default: 0 })
  usedGeneration!: number | null;

  /** Network address and client (`familyText`) of the last rotation. */
  @Column('inet', { name: 'rotated_address', nullable: true })
  rotatedAddress!: string | null;

  @Column('text', { name: 'rotated_client', nullable: true })
  rotatedClient!: string | null;

  /** Other networks and clients that presented a token after it had been rotated; each is reported once. */
  @Column('text', { name: 'repeat_clients', array: true, default: [] })
  repeatClients!: string[];

  /** When the user proved their identity (`auth_time`, OpenID Connect Core §2). */
  @Column('timestamptz', { name: 'auth_time', default: () => 'now()' })
  authTime!: Date;

  /** The authentication methods (`amr`, RFC 8176). */
  @Column('text', { array: true })
  amr!: string[];

  /** The resources that were asked for at login (RFC 8707); `null`: its tokens are for every configured audience. */
  @Column('text', { array: true, nullable: true })
  audience!: string[] | null;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  /** At most one flush interval behind the actual last use. */
  @Column('timestamptz', { name: 'last_seen_at', default: () => 'now()' })
  lastSeenAt!: Date;

  /** The last request that a page made by itself, if one was made: activity that does not postpone the idle timeout. */
  @Column('timestamptz', { name: 'polled_at', nullable: true })
  polledAt!: Date | null;

  /** Network address of the last use or poll. */
  @Column('inet', { nullable: true })
  address!: string | null;

  /** Network address that opened it; `null` for sessions older than this column. */
  @Column('inet', { name: 'login_address', nullable: true })
  loginAddress!: string | null;

  /** ISO 3166-1 codes of countries in which it was used without suspicion. */
  @Column('text', { array: true, default: [] })
  countries!: string[];

  /** Clients that used it without suspicion (`familyText`); the first one opened it. */
  @Column('text', { array: true, default: [] })
  clients!: string[];

  /** Since then, nothing is granted until the user has logged in again. */
  @Column('timestamptz', { name: 'needs_login_since', nullable: true })
  needsLoginSince!: Date | null;

  /**
   * When the sweeper next checks whether it has expired. Only the sweeper moves it: it is indexed, and moving it at each
   * rotation would write every index of the row.
   */
  @Column('timestamptz', { name: 'sweep_at' })
  sweepAt!: Date;

  @Column('timestamptz', { name: 'ended_at', nullable: true })
  endedAt!: Date | null;

  /** The transaction that ended it (by trigger), so that ends can be read in the order of their commits. */
  @Column('bigint', { name: 'ended_xid', nullable: true })
  endedXid!: string | null;

  @Column('text', { name: 'ended_reason', nullable: true })
  endedReason!: string | null;

  /** `user:<id>`, `operator`, `latchkey`, or `database:<role>` for a revocation in plain SQL. */
  @Column('text', { name: 'ended_by', nullable: true })
  endedBy!: string | null;

  /** When the end was confirmed on every instance. */
  @Column('timestamptz', { name: 'enforced_at', nullable: true })
  enforcedAt!: Date | null;
}
