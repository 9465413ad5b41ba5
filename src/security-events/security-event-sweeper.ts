import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Config } from '../config/config.js';

const INTERVAL_MS = 600_000;
/** Small, so that no row is held for long. */
const BATCH = 500;

const REMOVE_OLD = `
  DELETE FROM security_events WHERE id IN (
    SELECT id FROM security_events WHERE at < now() - $1 * interval '1 millisecond'
    LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)
  RETURNING id`;

/** Removes events that are older than ended sessions are kept. */
@Injectable()
export class SecurityEventSweeper implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(SecurityEventSweeper.name);
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
    while (!this.isStopped) {
      const [rows] = await this.dataSource.query<[unknown[], number]>(REMOVE_OLD, [
        this.config.sessions.retentionMs,
      ]);
      if (rows.length < BATCH) return;
    }
  }
}
