import { systemNow } from './system-clock.js';

/**
 * Writes the time to every open stream again and again, as an application does that knows nothing of sessions: it stops
 * only when the stream is closed.
 */
export class Ticker {
  private readonly writers = new Set<(tick: string) => void>();

  constructor(everyMs = Number(process.env.TICK_MS ?? 50)) {
    setInterval(() => this.tick(), everyMs);
  }

  /** @returns what stops it */
  add(write: (tick: string) => void): () => void {
    this.writers.add(write);
    return () => this.writers.delete(write);
  }

  private tick(): void {
    // Taken before the write: a tick is never reported as written later than it was.
    for (const write of this.writers) write(String(systemNow()));
  }
}
