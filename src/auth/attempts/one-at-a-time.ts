import { AppError } from '../../errors/app-error.js';

/** More work for one key is refused: no user sends so much at once, and each would wait for all others. */
const MAX_WAITING = 100;
const RETRY_AFTER_SECONDS = 1;

interface Line {
  last: Promise<unknown>;
  length: number;
}

/** Runs work for the same key sequentially, and for different keys concurrently. */
export class OneAtATime {
  private readonly lines = new Map<string, Line>();

  /** @throws {AppError} overloaded if too much work for the key waits; otherwise what `work` throws */
  async run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const line = this.lines.get(key) ?? { last: Promise.resolve(), length: 0 };
    if (line.length > MAX_WAITING)
      throw new AppError('overloaded', { retryAfterSeconds: RETRY_AFTER_SECONDS });
    this.lines.set(key, line);
    line.length += 1;
    // Starts even if the previous work failed: its own caller gets that error.
    const current = line.last.then(work, work);
    line.last = current;
    try {
      return await current;
    } finally {
      line.length -= 1;
      if (line.length === 0) this.lines.delete(key);
    }
  }
}
