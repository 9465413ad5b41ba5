import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Config } from '../config/config.js';
import { SWEEP_BATCH, Sweeper } from '../jobs/sweeper.js';

const INTERVAL_MS = 600_000;

const REMOVE_OLD = `
  DELETE FROM security_events WHERE id IN (
    SELECT id FROM security_events WHERE at < now() - $1 * interval '1 millisecond'
    ORDER BY at LIMIT ${SWEEP_BATCH} FOR UPDATE SKIP LOCKED)
  RETURNING id`;

/** Removes security events after the retention time, which they share with ended sessions. */
@Injectable()
export class SecurityEventSweeper extends Sweeper {
  constructor(
    dataSource: DataSource,
    private readonly config: Config,
  ) {
    super(dataSource, INTERVAL_MS);
  }

  sweep(): Promise<void> {
    return this.inBatches(REMOVE_OLD, [this.config.sessions.retentionMs]);
  }
}
