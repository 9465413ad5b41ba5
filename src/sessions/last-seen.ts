import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Config } from '../config/config.js';
import { reasonOf } from '../errors/reason-of.js';
import { clientAddress } from '../http/client-address.js';
import type { HeldSession, SessionUse } from '../revocation/held-session.js';

const MAX_FLUSH_INTERVAL_MS = 10_000;
/** A flush that cannot be written is tried again with the next one, but memory has an end. */
const MAX_PENDING = 500_000;
/** Rows in one statement: what piled up while Postgres was away must not take longer than a statement may. */
const ROWS_PER_STATEMENT = 5_000;

/** A session as this instance holds it. */
type UsedSession = Pick<HeldSession, 'sessionId' | 'use'>;

/** How long the last use of a session may be known to one instance alone. Short idle lifetimes shorten it. */
export function flushIntervalMs(idleTtlMs: number): number {
  return Math.min(MAX_FLUSH_INTERVAL_MS, idleTtlMs / 10);
}

// Rows that somebody holds are skipped: a flush that waits could deadlock with a revoke of several sessions.
// Who holds one rotates it (and writes this too), ends it, or flushes a use of the same seconds.
// Also of sessions that have ended since: the last request that was granted is what people ask for then.
const WRITE = `
  WITH seen AS (
    SELECT id, now() - age * interval '1 millisecond' AS at, address
    FROM unnest($1::uuid[], $2::float8[], $3::inet[]) AS used (id, age, address)),
  held AS (
    SELECT s.id FROM sessions s WHERE s.id = ANY ($1) FOR NO KEY UPDATE SKIP LOCKED)
  UPDATE sessions s SET last_seen_at = seen.at, address = seen.address
  FROM seen JOIN held USING (id)
  WHERE s.id = seen.id AND s.last_seen_at < seen.at`;

/** Collects the last use of each session in memory and writes many of them in one statement. */
@Injectable()
export class LastSeen implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(LastSeen.name);
  private pending = new Map<string, SessionUse>();
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

  note(session: UsedSession, address: string): void {
    session.use ??= { at: 0, address, isUnwritten: false };
    const { use } = session;
    use.at = performance.now();
    // An equal text of a later request is not worth being kept.
    if (use.address !== address) use.address = address;
    if (!use.isUnwritten) this.add(session.sessionId, use);
  }

  /** Writes what has been collected. Never moves a time back. */
  async flush(): Promise<void> {
    if (this.pending.size === 0) return;
    const uses = [...this.pending];
    this.pending = new Map();
    for (const [, use] of uses) use.isUnwritten = false;
    for (let at = 0; at < uses.length; at += ROWS_PER_STATEMENT) {
      try {
        await this.write(uses.slice(at, at + ROWS_PER_STATEMENT));
      } catch (error) {
        for (const [sessionId, use] of uses.slice(at)) {
          if (!this.pending.has(sessionId)) this.add(sessionId, use);
        }
        throw error;
      }
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

  private add(sessionId: string, use: SessionUse): void {
    if (this.pending.size >= MAX_PENDING) return;
    this.pending.set(sessionId, use);
    use.isUnwritten = true;
  }

  private async write(uses: readonly [string, SessionUse][]): Promise<void> {
    const now = performance.now();
    await this.dataSource.query(WRITE, [
      uses.map(([sessionId]) => sessionId),
      uses.map(([, use]) => now - use.at),
      uses.map(([, use]) => clientAddress(use.address, undefined)),
    ]);
  }
}
