const MAX_BATCH = 500;

interface Waiting<V> {
  readonly promise: Promise<V | null>;
  readonly resolve: (value: V | null) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Lets the misses of one tick share one read. A request may join a read that has not been sent yet, never one in
 * flight: that read may be older than a revocation that was answered before the request began.
 * Only one read is in flight at a time; the next one collects everything requested until then.
 */
export class BatchedRead<V> {
  private waiting = new Map<string, Waiting<V>>();
  private isBusy = false;

  /**
   * @param read fetches the values of many ids; an id that is missing from the result has no value
   * @param peek may return a value that has become known just before the read is sent
   * @param maxBatch the most ids in one read
   */
  constructor(
    private readonly read: (ids: string[]) => Promise<Map<string, V>>,
    private readonly peek: (id: string) => V | null = () => null,
    private readonly maxBatch = MAX_BATCH,
  ) {}

  /** Ids waiting for the next read. */
  get size(): number {
    return this.waiting.size;
  }

  /** @returns the value, or `null` if there is none; rejects when the read fails */
  load(id: string): Promise<V | null> {
    const joined = this.waiting.get(id);
    if (joined) return joined.promise;
    const waiting = deferred<V>();
    this.waiting.set(id, waiting);
    if (this.waiting.size === 1 && !this.isBusy) setImmediate(() => void this.drain());
    return waiting.promise;
  }

  private async drain(): Promise<void> {
    if (this.isBusy) return;
    this.isBusy = true;
    while (this.waiting.size > 0) {
      const batch = this.take();
      if (batch.size > 0) await this.send(batch);
    }
    this.isBusy = false;
  }

  private take(): Map<string, Waiting<V>> {
    const batch = new Map<string, Waiting<V>>();
    for (const [id, waiting] of this.waiting) {
      if (batch.size === this.maxBatch) break;
      this.waiting.delete(id);
      const known = this.peek(id);
      if (known === null) batch.set(id, waiting);
      else waiting.resolve(known);
    }
    return batch;
  }

  private async send(batch: Map<string, Waiting<V>>): Promise<void> {
    try {
      const values = await this.read([...batch.keys()]);
      for (const [id, waiting] of batch) waiting.resolve(values.get(id) ?? null);
    } catch (error) {
      // Also those that were added during the read: after one read that hangs, they must not wait for a second one.
      for (const waiting of [...batch.values(), ...this.waiting.values()]) waiting.reject(error);
      this.waiting.clear();
    }
  }
}

function deferred<V>(): Waiting<V> {
  let resolve!: Waiting<V>['resolve'];
  let reject!: Waiting<V>['reject'];
  const promise = new Promise<V | null>((onValue, onError) => {
    resolve = onValue;
    reject = onError;
  });
  return { promise, resolve, reject };
}
