import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import type { SecurityEventKind } from './security-event-kind.js';

/** Something that happened to an account and that its user should know about. A trigger forbids changes. */
@Entity('security_events')
@Index('security_events_user_id_at_idx', ['userId', 'at', 'id'])
@Index('security_events_user_id_kind_idx', ['userId', 'kind', 'at', 'id'])
@Index('security_events_removal_idx', ['at'])
export class SecurityEvent {
  /** UUIDv7. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'security_events_pkey' })
  id!: string;

  @ForeignKey('users', { name: 'security_events_user_id_fkey', onDelete: 'CASCADE' })
  @Column('uuid', { name: 'user_id' })
  userId!: string;

  @Column('uuid', { name: 'session_id', nullable: true })
  sessionId!: string | null;

  @Column('uuid', { name: 'device_id', nullable: true })
  deviceId!: string | null;

  @Column('text')
  kind!: SecurityEventKind;

  /** From the clock of the database. */
  @Column('timestamptz', { default: () => 'clock_timestamp()' })
  at!: Date;

  @Column('inet', { nullable: true })
  address!: string | null;

  /** Location of the address as text: `Lisbon, Portugal`. */
  @Column('text', { nullable: true })
  place!: string | null;

  /** Depends on the kind. The user can read all of it. */
  @Column('jsonb', { default: {} })
  detail!: Record<string, unknown>;
}
