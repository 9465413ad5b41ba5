import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Config } from '../config/config.js';
import { SWEEP_BATCH, Sweeper } from '../jobs/sweeper.js';

const INTERVAL_MS = 600_000;

// Its sessions ended with the rejection at the latest, and are removed first, after the same time.
const REMOVE = `
  DELETE FROM users WHERE id IN (
    SELECT r.user_id FROM rejected_registrations r
    WHERE r.rejected_at < now() - $1 * interval '1 millisecond'
      AND NOT EXISTS (SELECT FROM sessions s WHERE s.user_id = r.user_id)
    ORDER BY r.rejected_at LIMIT ${SWEEP_BATCH} FOR UPDATE SKIP LOCKED)
  RETURNING id`;

/** Deletes the accounts that were rejected as not registered by the owner of their address. */
@Injectable()
export class RejectedRegistrationSweeper extends Sweeper {
  constructor(
    dataSource: DataSource,
    private readonly config: Config,
  ) {
    super(dataSource, INTERVAL_MS);
  }

  sweep(): Promise<void> {
    return this.inBatches(REMOVE, [this.config.sessions.retentionMs]);
  }
}
