import { Logger } from '@nestjs/common';
import pg from 'pg';
import { ADVISORY_LOCKS } from './advisory-locks.js';

const RETRY_MS = 1_000;
const CONNECT_TIMEOUT_MS = 2_000;

/** Another instance runs on this database and there is no Redis for the two to meet in. */
export class SecondInstance extends Error {
  override readonly name = 'SecondInstance';

  constructor() {
    super('another instance runs on this database without Redis: set REDIS_URL on both to run more than one');
  }
}

/**
 * Holds an advisory lock for as long as this instance runs: without Redis the caches of a second one
 * could not be told of an end.
 */
export class SingleInstance {
  private readonly logger = new Logger(SingleInstance.name);
  private client: pg.Client | null = null;
  private isStopped = false;

  /** @param onLost called when another instance has taken the lock while Postgres was away */
  constructor(
    private readonly url: string,
    private readonly onLost: (error: SecondInstance) => void,
  ) {}

  /** @throws {SecondInstance} when another instance holds it */
  async acquire(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.url,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      keepAlive: true,
      application_name: 'latchkey-single-instance',
    });
    // Postgres going away ends the lock with the connection; take it again as soon as it is back.
    client.on('error', () => this.reacquire(client));
    client.on('end', () => this.reacquire(client));
    await client.connect();
    const { rows } = await client.query('SELECT pg_try_advisory_lock($1) AS held', [
      ADVISORY_LOCKS.singleInstance,
    ]);
    if (!rows[0]?.held) {
      await client.end();
      throw new SecondInstance();
    }
    this.client = client;
  }

  async release(): Promise<void> {
    this.isStopped = true;
    await this.client?.end();
    this.client = null;
  }

  private reacquire(lost: pg.Client): void {
    if (this.isStopped || this.client !== lost) return;
    this.client = null;
    this.logger.warn('lost the connection that holds the single-instance lock');
    void this.retry();
  }

  private async retry(): Promise<void> {
    while (!this.isStopped && this.client === null) {
      try {
        await this.acquire();
        this.logger.log('holds the single-instance lock again');
      } catch (error) {
        if (error instanceof SecondInstance) return this.onLost(error);
        // Postgres is still away.
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS).unref());
      }
    }
  }
}
