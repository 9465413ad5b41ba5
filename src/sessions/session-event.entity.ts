import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

export type SessionEventKind = 'opened' | 'rotated' | 'ended' | 'enforced';

/** The history of a session: written by triggers and when a revocation is confirmed, never changed. */
@Entity('session_events')
@Check('session_events_kind_check', `kind IN ('opened', 'rotated', 'ended', 'enforced')`)
@Index('session_events_at_idx', ['at'], { type: 'brin' })
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
