import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { SWEEP_BATCH, Sweeper } from '../../jobs/sweeper.js';

/** Instances close the rows after their own cut-offs at once. This finds what an instance left open, or the command line. */
const INTERVAL_MS = 10_000;

// Enforced together with the cut-off. If that is not confirmed yet, the sessions are pushed like any other revocation.
const CLOSE = `
  WITH due AS (
    SELECT s.id, u.roles_enforced_at IS NOT NULL AS is_enforced
    FROM session_cut_offs c JOIN users u ON u.id = c.user_id CROSS JOIN LATERAL (
      SELECT id FROM sessions WHERE user_id = c.user_id AND status = 'active' AND epoch < c.epoch
      LIMIT ${SWEEP_BATCH} FOR UPDATE SKIP LOCKED) AS s
    LIMIT ${SWEEP_BATCH})
  UPDATE sessions s SET status = 'revoked', ended_reason = first.reason, ended_by = first.ended_by,
    enforced_at = CASE WHEN is_enforced THEN clock_timestamp() END
  FROM due, session_cut_offs AS first
  WHERE s.id = due.id AND first.user_id = s.user_id AND first.epoch = (
    SELECT min(c.epoch) FROM session_cut_offs c WHERE c.user_id = s.user_id AND c.epoch > s.epoch)
  RETURNING s.id`;

const FORGET_DONE = `
  DELETE FROM session_cut_offs c WHERE NOT EXISTS (
    SELECT FROM sessions s WHERE s.user_id = c.user_id AND s.status = 'active' AND s.epoch < c.epoch)`;

/** Closes the rows of sessions that a cut-off has ended, in small batches. Nothing is granted to them in the meantime. */
@Injectable()
export class CutOffSweeper extends Sweeper {
  constructor(dataSource: DataSource) {
    super(dataSource, INTERVAL_MS);
  }

  async sweep(): Promise<void> {
    await this.inBatches(CLOSE, []);
    await this.dataSource.query(FORGET_DONE);
  }
}
