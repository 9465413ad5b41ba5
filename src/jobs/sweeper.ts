import { Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';

/** The `LIMIT` of every statement of a sweep. Small, so that no row is locked for long. */
export const SWEEP_BATCH = 500;

/** Periodically processes rows that are due, in small batches, until the service stops. */
export abstract class Sweeper implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(this.constructor.name);
  private timer: NodeJS.Timeout | undefined;
  private sweeping: Promise<unknown> = Promise.resolve();
  private isWaiting = false;
  private isStopped = false;

  constructor(
    protected readonly dataSource: DataSource,
    private readonly intervalMs: number,
  ) {}

  /** Several instances can sweep at once: each skips the rows that another one has locked. */
  abstract sweep(): Promise<void>;

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.sweepSoon(), this.intervalMs);
    this.timer.unref();
  }

  /** Sweeps once the sweep that is running, if there is one, has ended. Neither waits nor fails. */
  sweepSoon(): void {
    if (this.isStopped || this.isWaiting) return;
    this.isWaiting = true;
    this.sweeping = this.sweeping
      .then(() => {
        this.isWaiting = false;
        return this.sweep();
      })
      .catch((error: Error) => {
        this.logger.warn(`sweep failed, the next one continues: ${error.message}`);
      });
  }

  async onApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    clearInterval(this.timer);
    await this.sweeping;
  }

  /**
   * Repeats a statement until it finds fewer rows than `SWEEP_BATCH`.
   *
   * @param sql an `UPDATE` or `DELETE` that returns its rows
   * @param after receives the rows of each batch, in its transaction: what is left undone then would stay so for ever
   */
  protected async inBatches<Row>(
    sql: string,
    parameters: readonly unknown[],
    after: (rows: Row[], manager: EntityManager) => Promise<void> = async () => {},
  ): Promise<void> {
    for (let count = SWEEP_BATCH; count >= SWEEP_BATCH && !this.isStopped; ) {
      count = await this.dataSource.transaction(async (manager) => {
        const [rows] = await manager.query<[Row[], number]>(sql, [...parameters]);
        await after(rows, manager);
        return rows.length;
      });
    }
  }
}
