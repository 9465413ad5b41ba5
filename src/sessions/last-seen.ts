import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Config } from '../config/config.js';
import { reasonOf } from '../errors/reason-of.js';
import { clientAddress } from '../http/client-address.js';

const MAX_FLUSH_INTERVAL_MS = 10_000;
/** A flush that cannot be written is tried again with the next one, but memory has an end. */
const MAX_PENDING = 500_000;

interface Use {
  /** Monotonic: what is written is an age, so that only the database's clock counts. */
  at: number;
  address: string;
}

/** How long the last use of a session may be known to one instance alone. Short idle lifetimes shorten it. */
export function flushIntervalMs(idleTtlMs: number): number {
  return Math.min(MAX_FLUSH_INTERVAL_MS, idleTtlMs / 10);
}

/** Collects the last use of each session in memory and writes all of them in one statement. */
@Injectable()
export class LastSeen implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(LastSeen.name);
  private pending = new Map<string, Use>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly config: Config,
  ) {}

  onModuleInit(): void {
    this.timer = setInterval(() => {
      this.flush().catch((error: Error) =>
        this.logger.warn(`not written, kept for the next flush: ${error.message}`),
      );
    }, flushIntervalMs(this.config.policy.idleTtlMs));
    this.timer.unref();
  }

  note(sessionId: string, address: string): void {
    const use = this.pending.get(sessionId);
    if (use) {
      use.at = performance.now();
      use.address = address;
    } else if (this.pending.size < MAX_PENDING) {
      this.pending.set(sessionId, { at: performance.now(), address });
    }
  }

  /** Writes what has been collected. Never moves a time back. */
  async flush(): Promise<void> {
    if (this.pending.size === 0) return;
    const uses = this.pending;
    this.pending = new Map();
    try {
      await this.write(uses);
    } catch (error) {
      for (const [sessionId, use] of uses) {
        if (!this.pending.has(sessionId)) this.pending.set(sessionId, use);
      }
      throw error;
    }
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    try {
      await this.flush();
    } catch (error) {
      // Postgres is away. This is the one thing that may be lost, and the stop does not fail for it.
      this.logger.warn(`not written at the stop: ${reasonOf(error)}`);
    }
  }

  private async write(uses: ReadonlyMap<string, Use>): Promise<void> {
    // In one order on every instance, so that two flushes never wait for each other's rows.
    const rows = [...uses].sort(([a], [b]) => (a < b ? -1 : 1));
    const now = performance.now();
    await this.dataSource.query(
      `UPDATE sessions s SET last_seen_at = seen.at, address = seen.address
       FROM (SELECT id, now() - age * interval '1 millisecond' AS at, address
             FROM unnest($1::uuid[], $2::float8[], $3::inet[]) AS used (id, age, address)) AS seen
       WHERE s.id = seen.id AND s.last_seen_at < seen.at`,
      [
        rows.map(([sessionId]) => sessionId),
        rows.map(([, use]) => now - use.at),
        rows.map(([, use]) => clientAddress(use.address, undefined)),
      ],
    );
  }
}
