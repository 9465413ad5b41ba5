import { setTimeout as pause } from 'node:timers/promises';
import type { CachedSession, PendingUse } from '@latchkey/revocation/cached-session';
import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Config } from '../../config/config.js';
import { errorMessage } from '../../errors/error-message.js';
import { clientAddress } from '../../http/routes/client-address.js';

const MAX_FLUSH_INTERVAL_MS = 10_000;
/** A flush that cannot be written is tried again with the next one, but memory has an end. */
const MAX_PENDING = 500_000;
/** Rows in one statement: what piled up while Postgres was away must not take longer than a statement may. */
const MAX_ROWS = 5_000;
/**
 * The uses of an interval are written in so many steps with a pause after each, so that neither requests nor Postgres
 * stand still for all of them at once. For that a flush begins by this part of the interval early: half of it are pauses.
 */
const EARLY = 0.2;
const STEPS = 100;
const MIN_ROWS = 100;

/** A session as this instance holds it. */
type UsedSession = Pick<CachedSession, 'sessionId' | 'use'>;

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
  private readonly pending = new Map<string, PendingUse>();
  private timer: NodeJS.Timeout | undefined;
  private isFlushing = false;
  private readonly intervalMs: number;

  constructor(
    private readonly dataSource: DataSource,
    config: Config,
  ) {
    this.intervalMs = flushIntervalMs(config.policy.idleTtlMs);
  }

  onModuleInit(): void {
    this.timer = setInterval(() => void this.flushInSteps(), this.intervalMs * (1 - EARLY));
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

  /**
   * Writes what has been collected until now. Never moves a time back.
   *
   * @throws what kept some of it from being written; the next flush tries again
   */
  async flush({ rows = MAX_ROWS, pauseMs = 0 } = {}): Promise<void> {
    for (let left = this.pending.size; left > 0; left -= rows) {
      const uses = this.take(Math.min(rows, left));
      // Another flush has written them during the pause.
      if (uses.length === 0) return;
      try {
        await this.write(uses);
      } catch (error) {
        for (const [sessionId, use] of uses) if (!this.pending.has(sessionId)) this.add(sessionId, use);
        throw error;
      }
      if (pauseMs > 0) await pause(pauseMs, undefined, { ref: false });
    }
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    try {
      await this.flush();
    } catch (error) {
      // Postgres is away. This is the one thing that may be lost, and the stop does not fail for it.
      this.logger.warn(`not written at the stop: ${errorMessage(error)}`);
    }
  }

  private add(sessionId: string, use: PendingUse): void {
    if (this.pending.size >= MAX_PENDING) return;
    this.pending.set(sessionId, use);
    use.isUnwritten = true;
  }

  private async flushInSteps(): Promise<void> {
    if (this.isFlushing) return;
    this.isFlushing = true;
    const rows = Math.min(Math.max(Math.ceil(this.pending.size / STEPS), MIN_ROWS), MAX_ROWS);
    try {
      await this.flush({ rows, pauseMs: (this.intervalMs * EARLY) / 2 / STEPS });
    } catch (error) {
      this.logger.warn(`not written, kept for the next flush: ${errorMessage(error)}`);
    }
    this.isFlushing = false;
  }

  /** Those that have waited longest. */
  private take(count: number): [string, PendingUse][] {
    const uses: [string, PendingUse][] = [];
    for (const entry of this.pending) {
      if (uses.length === count) break;
      uses.push(entry);
    }
    for (const [sessionId, use] of uses) {
      this.pending.delete(sessionId);
      use.isUnwritten = false;
    }
    return uses;
  }

  private async write(uses: readonly [string, PendingUse][]): Promise<void> {
    const now = performance.now();
    await this.dataSource.query(WRITE, [
      uses.map(([sessionId]) => sessionId),
      uses.map(([, use]) => now - use.at),
      uses.map(([, use]) => clientAddress(use.address, undefined)),
    ]);
  }
}
