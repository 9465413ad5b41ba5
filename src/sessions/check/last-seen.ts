import { setTimeout as sleep } from 'node:timers/promises';
import { USUAL_REPORT_MS } from '@latchkey/revocation/guard-connection/messages';
import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Config } from '../../config/config.js';
import { errorMessage } from '../../errors/error-message.js';
import { clientAddress } from '../../http/routes/client-address.js';
import type { SessionUse } from './session-use.js';

const MAX_FLUSH_INTERVAL_MS = 10_000;
/** Uses that cannot be written wait for the next flush, up to this many. */
const MAX_PENDING = 500_000;
/** Rows in one statement: what accumulated while Postgres was unavailable must not run into the statement timeout. */
const MAX_ROWS = 5_000;
/**
 * The uses of an interval are written in this many steps with a pause after each, so that neither requests nor Postgres
 * wait for all of them at once. A flush therefore starts early by this part of the interval; half of it is pauses.
 */
const EARLY = 0.2;
const STEPS = 100;
const MIN_ROWS = 100;

/** How long the last use of a session may be known to one instance only. A short idle lifetime shortens it. */
export function flushIntervalMs(idleTtlMs: number): number {
  return Math.min(MAX_FLUSH_INTERVAL_MS, idleTtlMs / 10);
}

/** Within which a guard has to report a use. No longer than a flush takes, whatever the idle lifetime. */
export function guardReportMs(idleTtlMs: number): number {
  return Math.min(USUAL_REPORT_MS, flushIntervalMs(idleTtlMs));
}

/**
 * How late a use may be written: a guard reports it after some seconds, then the instance writes it. Until then a session
 * must not expire from inactivity.
 */
export function useDelayMs(idleTtlMs: number): number {
  return 2 * flushIntervalMs(idleTtlMs);
}

// Locked rows are skipped: a flush that waits could deadlock with a revocation of several sessions. The transaction
// that holds the lock rotates the session (and writes its last use too), ends it, flushes a use of the same seconds, or
// records the first use after a rotation.
// Sessions that have ended are written too: the last request that was granted is what users then ask about.
const WRITE = `
  WITH seen AS (
    SELECT id, now() - age * interval '1 millisecond' AS at, now() - poll_age * interval '1 millisecond' AS polled_at,
           address
    FROM unnest($1::uuid[], $2::float8[], $3::float8[], $4::inet[]) AS used (id, age, poll_age, address)),
  held AS (
    SELECT s.id FROM sessions s WHERE s.id = ANY ($1) FOR NO KEY UPDATE SKIP LOCKED)
  UPDATE sessions s SET
    last_seen_at = greatest(s.last_seen_at, seen.at),
    polled_at = greatest(s.polled_at, seen.polled_at),
    address = CASE WHEN greatest(s.last_seen_at, s.polled_at) < greatest(seen.at, seen.polled_at)
      THEN coalesce(seen.address, s.address) ELSE s.address END
  FROM seen JOIN held USING (id)
  WHERE s.id = seen.id AND (s.last_seen_at < seen.at OR coalesce(s.polled_at < seen.polled_at, seen.polled_at IS NOT NULL))`;

/** Collects the last use of each session in memory and writes many of them in one statement. */
@Injectable()
export class LastSeen implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(LastSeen.name);
  private readonly pending = new Map<string, SessionUse>();
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

  /** @param isUse false for a request that a page made by itself: it is shown, but does not postpone the idle timeout */
  note(sessionId: string, use: SessionUse, address: string, isUse = true): void {
    if (use.note(performance.now(), address, isUse)) this.queue(sessionId, use);
  }

  /** @param ageMs how long ago a guard granted it. @param address `null` if the guard has not said where it came from */
  noteReported(sessionId: string, use: SessionUse, ageMs: number, address: string | null): void {
    if (use.note(performance.now() - ageMs, address)) this.queue(sessionId, use);
  }

  /**
   * Writes what has been collected until now. Never moves a time back.
   *
   * @throws why some of it could not be written; the next flush tries again
   */
  async flush({ rows = MAX_ROWS, pauseMs = 0 } = {}): Promise<void> {
    for (let left = this.pending.size; left > 0; left -= rows) {
      const uses = this.take(Math.min(rows, left));
      // Another flush has written the rest during the pause.
      if (uses.length === 0) return;
      try {
        await this.write(uses);
      } catch (error) {
        for (const [sessionId, use] of uses) if (!this.pending.has(sessionId)) this.queue(sessionId, use);
        throw error;
      }
      if (pauseMs > 0) await sleep(pauseMs, undefined, { ref: false });
    }
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    try {
      await this.flush();
    } catch (error) {
      // Postgres is unavailable. Last uses are the only thing that may be lost, so the shutdown continues.
      this.logger.warn(`not written at the stop: ${errorMessage(error)}`);
    }
  }

  private queue(sessionId: string, use: SessionUse): void {
    if (this.pending.size >= MAX_PENDING) return;
    this.pending.set(sessionId, use);
    use.queued();
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

  /** Takes those that have waited longest. */
  private take(count: number): [string, SessionUse][] {
    const uses: [string, SessionUse][] = [];
    for (const entry of this.pending) {
      if (uses.length === count) break;
      uses.push(entry);
    }
    for (const [sessionId, use] of uses) {
      this.pending.delete(sessionId);
      use.dequeued();
    }
    return uses;
  }

  private async write(uses: readonly [string, SessionUse][]): Promise<void> {
    const now = performance.now();
    const written = uses.map(([, use]) => use.toWrite(now));
    await this.dataSource.query(WRITE, [
      uses.map(([sessionId]) => sessionId),
      written.map(({ ageMs }) => ageMs),
      written.map(({ pollAgeMs }) => pollAgeMs),
      written.map(({ address }) => address && clientAddress(address, undefined)),
    ]);
  }
}
