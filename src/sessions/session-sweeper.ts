import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Config } from '../config/config.js';
import { flushIntervalMs } from './last-seen.js';

const INTERVAL_MS = 60_000;
/** Small, so that no row is held for long. */
const BATCH = 500;

// Instances judge expiry themselves, by the same rule: there is nothing to enforce.
const CLOSE_EXPIRED = `
  WITH due AS (
    SELECT id, created_at <= now() - $2 * interval '1 millisecond'
            OR last_seen_at <= now() - $1 * interval '1 millisecond' AS is_over
    FROM sessions WHERE status = 'active' AND sweep_at < now()
    ORDER BY sweep_at LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)
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
    ORDER BY ended_at LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)
  RETURNING device_id`;

// A device is remembered for as long as its sessions are.
const REMOVE_FORGOTTEN_DEVICES = `
  DELETE FROM devices d WHERE d.id = ANY ($1) AND d.last_seen_at < now() - $2 * interval '1 millisecond'
    AND NOT EXISTS (SELECT FROM sessions s WHERE s.device_id = d.id)`;

/** Closes sessions that have expired and removes those that ended long ago, in small batches. */
@Injectable()
export class SessionSweeper implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(SessionSweeper.name);
  private timer: NodeJS.Timeout | undefined;
  private sweeping: Promise<unknown> = Promise.resolve();
  private isStopped = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly config: Config,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.sweeping = this.sweep().catch((error: Error) => {
        this.logger.warn(`left for the next sweep: ${error.message}`);
      });
    }, INTERVAL_MS);
    this.timer.unref();
  }

  async onApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    clearInterval(this.timer);
    await this.sweeping;
  }

  /** Several instances may sweep at once: each skips the rows that another holds. */
  async sweep(): Promise<void> {
    const { idleTtlMs, absoluteTtlMs } = this.config.policy;
    await this.inBatches(CLOSE_EXPIRED, [idleTtlMs + flushIntervalMs(idleTtlMs), absoluteTtlMs]);
    await this.inBatches(REMOVE_DEAD, [this.config.sessions.retentionMs], async (rows) => {
      await this.dataSource.query(REMOVE_FORGOTTEN_DEVICES, [
        rows.map(({ device_id }) => device_id),
        this.config.sessions.retentionMs,
      ]);
    });
  }

  private async inBatches(
    sql: string,
    parameters: number[],
    after: (rows: { device_id: string }[]) => Promise<void> = async () => {},
  ): Promise<void> {
    while (!this.isStopped) {
      const [rows] = await this.dataSource.query<[{ device_id: string }[], number]>(sql, parameters);
      await after(rows);
      if (rows.length < BATCH) return;
    }
  }
}
