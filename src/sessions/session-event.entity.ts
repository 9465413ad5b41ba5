import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

export type SessionEventKind = 'opened' | 'rotated' | 'ended' | 'enforced';

/**
 * The history of a session: written by triggers and when a revocation is confirmed, never changed. Of its rotations, it has
 * the first one of each day, and those from another address or client than the one before.
 */
@Entity('session_events')
@Check('session_events_kind_check', `kind IN ('opened', 'rotated', 'ended', 'enforced')`)
@Index('session_events_rotated_at_idx', ['at'], { where: `kind = 'rotated'` })
export class SessionEvent {
  @PrimaryColumn('uuid', { name: 'session_id', primaryKeyConstraintName: 'session_events_pkey' })
  sessionId!: string;

  @PrimaryColumn('bigint', {
    primaryKeyConstraintName: 'session_events_pkey',
    generatedIdentity: 'ALWAYS',
    generated: 'identity',
  })
  id!: string;

  @Column('timestamptz', { default: () => 'clock_timestamp()' })
  at!: Date;

  @Column('text')
  kind!: SessionEventKind;

  @Column('jsonb', { default: {} })
  detail!: Record<string, unknown>;
}
