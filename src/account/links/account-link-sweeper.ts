import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { SWEEP_BATCH, Sweeper } from '../../jobs/sweeper.js';

const INTERVAL_MS = 600_000;

const REMOVE_EXPIRED = `
  DELETE FROM account_links WHERE id IN (
    SELECT id FROM account_links WHERE expires_at < now() - interval '1 day'
    ORDER BY expires_at LIMIT ${SWEEP_BATCH} FOR UPDATE SKIP LOCKED)
  RETURNING id`;

/** Removes links a day after they expire. */
@Injectable()
export class AccountLinkSweeper extends Sweeper {
  constructor(dataSource: DataSource) {
    super(dataSource, INTERVAL_MS);
  }

  sweep(): Promise<void> {
    return this.inBatches(REMOVE_EXPIRED, []);
  }
}
