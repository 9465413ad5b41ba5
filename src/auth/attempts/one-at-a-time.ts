/** Runs work for the same key sequentially, and for different keys concurrently. */
export class OneAtATime {
  private readonly pending = new Map<string, Promise<unknown>>();

  async run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const previous = this.pending.get(key) ?? Promise.resolve();
    // Starts even if the previous work failed: its own caller gets that error.
    const current = previous.then(work, work);
    this.pending.set(key, current);
    try {
      return await current;
    } finally {
      if (this.pending.get(key) === current) this.pending.delete(key);
    }
  }
}
