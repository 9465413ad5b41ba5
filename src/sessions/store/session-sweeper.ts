import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Config } from '../../config/config.js';
import { SWEEP_BATCH, Sweeper } from '../../jobs/sweeper.js';
import { useDelayMs } from '../check/last-seen.js';

const INTERVAL_MS = 60_000;

// Instances judge expiry themselves by the same rule, so there is nothing to enforce.
const CLOSE_EXPIRED = `
  WITH due AS (
    SELECT id, created_at <= now() - $2 * interval '1 millisecond'
            OR last_seen_at <= now() - $1 * interval '1 millisecond' AS is_over
    FROM sessions WHERE status = 'active' AND sweep_at < now()
    ORDER BY sweep_at LIMIT ${SWEEP_BATCH} FOR UPDATE SKIP LOCKED)
  UPDATE sessions s SET
    status = CASE WHEN is_over THEN 'expired' ELSE s.status END,
    ended_reason = CASE WHEN is_over THEN 'expired' END,
    ended_by = CASE WHEN is_over THEN 'latchkey' END,
    enforced_at = CASE WHEN is_over THEN now() END,
    sweep_at = CASE WHEN is_over THEN s.sweep_at ELSE
      least(s.last_seen_at + $1 * interval '1 millisecond', s.created_at + $2 * interval '1 millisecond') END
  FROM due WHERE s.id = due.id
  RETURNING s.id`;

const REMOVE_DEAD = `
  DELETE FROM sessions WHERE id IN (
    SELECT id FROM sessions WHERE status <> 'active' AND ended_at < now() - $1 * interval '1 millisecond'
    ORDER BY ended_at LIMIT ${SWEEP_BATCH} FOR UPDATE SKIP LOCKED)
  RETURNING id, device_id`;

const REMOVE_EVENTS = `DELETE FROM session_events WHERE session_id = ANY ($1)`;

/** A session can live for months. Older rotations are only counted in its row. */
const ROTATIONS_KEPT = `interval '7 days'`;

/** Exported for the test of its plan. */
export const REMOVE_OLD_ROTATIONS = `
  DELETE FROM session_events WHERE (session_id, id) IN (
    SELECT session_id, id FROM session_events
    WHERE kind = 'rotated' AND at < now() - ${ROTATIONS_KEPT}
    ORDER BY at LIMIT ${SWEEP_BATCH} FOR UPDATE SKIP LOCKED)
  RETURNING id`;

// A device is kept as long as its sessions.
const REMOVE_FORGOTTEN_DEVICES = `
  DELETE FROM devices d WHERE d.id = ANY ($1) AND d.last_seen_at < now() - $2 * interval '1 millisecond'
    AND NOT EXISTS (SELECT FROM sessions s WHERE s.device_id = d.id)`;

interface RemovedSession {
  id: string;
  device_id: string;
}

/** Closes sessions that have expired and removes those that ended long ago, in small batches. */
@Injectable()
export class SessionSweeper extends Sweeper {
  constructor(
    dataSource: DataSource,
    private readonly config: Config,
  ) {
    super(dataSource, INTERVAL_MS);
  }

  async sweep(): Promise<void> {
    const { idleTtlMs, absoluteTtlMs } = this.config.policy;
    await this.inBatches(CLOSE_EXPIRED, [idleTtlMs + useDelayMs(idleTtlMs), absoluteTtlMs]);
    await this.inBatches(REMOVE_DEAD, [this.config.sessions.retentionMs], (rows: RemovedSession[], manager) =>
      this.forget(rows, manager),
    );
    await this.inBatches(REMOVE_OLD_ROTATIONS, []);
  }

  /** Removes what was only kept for sessions that no longer exist. */
  private async forget(removed: RemovedSession[], manager: EntityManager): Promise<void> {
    await manager.query(REMOVE_EVENTS, [removed.map(({ id }) => id)]);
    await manager.query(REMOVE_FORGOTTEN_DEVICES, [
      removed.map(({ device_id }) => device_id),
      this.config.sessions.retentionMs,
    ]);
  }
}
