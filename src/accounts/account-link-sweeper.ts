import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';

const INTERVAL_MS = 600_000;
/** Small, so that no row is held for long. */
const BATCH = 500;

const REMOVE_EXPIRED = `
  DELETE FROM account_links WHERE id IN (
    SELECT id FROM account_links WHERE expires_at < now() - interval '1 day'
    ORDER BY expires_at LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)
  RETURNING id`;

/** Removes links that are of no use any more. */
@Injectable()
export class AccountLinkSweeper implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(AccountLinkSweeper.name);
  private timer: NodeJS.Timeout | undefined;
  private sweeping: Promise<unknown> = Promise.resolve();
  private isStopped = false;

  constructor(private readonly dataSource: DataSource) {}

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

  async sweep(): Promise<void> {
    while (!this.isStopped) {
      const [rows] = await this.dataSource.query<[unknown[], number]>(REMOVE_EXPIRED);
      if (rows.length < BATCH) return;
    }
  }
}
