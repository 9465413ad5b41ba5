import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Config } from '../../config/config.js';
import { errorMessage } from '../../errors/error-message.js';
import { flushIntervalMs } from './last-seen.js';

/** Rows in one statement. */
const MAX_ROWS = 1_000;
/** Of the column's type. A guard can report any number. */
const MAX_GENERATION = 2 ** 31 - 1;
/** A row is locked for milliseconds, by its rotation, its end or a flush of last uses. */
const RETRY_LOCKED_MS = 100;

// No token has a generation that its session has not reached: a guard that reports one is wrong.
// Locked rows are skipped: waiting for several rows could deadlock with a revocation of several sessions.
const WRITE = `
  WITH seen AS (
    SELECT * FROM unnest($1::uuid[], $2::integer[]) AS used (id, generation)),
  unwritten AS (
    SELECT id, generation FROM sessions JOIN seen USING (id)
    WHERE status = 'active' AND coalesce(used_generation, 0) < generation AND generation <= refresh_generation),
  held AS (
    SELECT id, generation FROM sessions s JOIN unwritten USING (id) FOR NO KEY UPDATE OF s SKIP LOCKED),
  written AS (
    UPDATE sessions s SET used_generation = greatest(s.used_generation, held.generation)
    FROM held WHERE s.id = held.id RETURNING s.id)
  SELECT id FROM unwritten WHERE id NOT IN (SELECT id FROM written)`;

/**
 * Records that an access token of a generation has been used: its client received the answer to that refresh, so the
 * predecessor of the refresh token is no longer accepted as a retry. Written at once, but no request waits for it.
 *
 * What is pending is lost if the process dies before it is written; the next use on another instance writes it.
 */
@Injectable()
export class UsedGenerations implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(UsedGenerations.name);
  /** Bounded by what rotates: without Postgres there are no new generations. */
  private readonly pending = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;
  private isScheduled = false;
  private isWriting = false;
  private readonly retryMs: number;

  constructor(
    private readonly dataSource: DataSource,
    config: Config,
  ) {
    this.retryMs = flushIntervalMs(config.policy.idleTtlMs);
  }

  onModuleInit(): void {
    this.timer = setInterval(() => void this.write(), this.retryMs);
    this.timer.unref();
  }

  note(sessionId: string, generation: number): void {
    if (generation > MAX_GENERATION) return;
    this.pending.set(sessionId, Math.max(generation, this.pendingOf(sessionId)));
    if (this.isScheduled) return;
    this.isScheduled = true;
    // Requests of one tick share a statement.
    setImmediate(() => {
      this.isScheduled = false;
      void this.write();
    });
  }

  /** The generation that is not written yet; 0 for none. */
  pendingOf(sessionId: string): number {
    return this.pending.get(sessionId) ?? 0;
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.write();
  }

  /** Never throws: what could not be written stays pending. */
  private async write(): Promise<void> {
    if (this.isWriting) return;
    this.isWriting = true;
    try {
      while (this.pending.size > 0) if (!(await this.writeSome())) break;
    } catch (error) {
      this.logger.warn(`used refresh tokens not written, kept for the next attempt: ${errorMessage(error)}`);
    }
    this.isWriting = false;
  }

  /** @returns whether the rest may be written now */
  private async writeSome(): Promise<boolean> {
    const taken = [...this.pending].slice(0, MAX_ROWS);
    const rows = await this.dataSource.query<{ id: string }[]>(WRITE, [
      taken.map(([sessionId]) => sessionId),
      taken.map(([, generation]) => generation),
    ]);
    const locked = new Set(rows.map(({ id }) => id));
    for (const [sessionId, generation] of taken) {
      if (!locked.has(sessionId) && this.pendingOf(sessionId) === generation) this.pending.delete(sessionId);
    }
    if (locked.size > 0) setTimeout(() => void this.write(), RETRY_LOCKED_MS).unref();
    return locked.size === 0;
  }
}
