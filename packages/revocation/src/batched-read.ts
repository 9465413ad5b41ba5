import { startDeadline } from './deadline.js';

const MAX_BATCH = 500;
/**
 * A read without an answer for longer than this may be on a connection that is dead, and the next read does not wait for
 * it. Much longer than a read takes, because a session may be read twice then.
 */
export const LATE_AFTER_MS = 250;
/** A store that is slow on every connection must not be sent ever more reads. */
const MAX_READS = 3;

interface Waiting<V> {
  readonly promise: Promise<V | null>;
  readonly resolve: (value: V | null) => void;
  readonly reject: (error: unknown) => void;
}

export interface BatchedReadOptions<V> {
  /** May return a value that has become known just before the read is sent. */
  readonly peek?: (id: string) => V | null;
  /** The most ids in one read. */
  readonly maxBatch?: number;
  /** The most reads in flight. */
  readonly maxReads?: number;
}

/**
 * Lets the misses of one tick share one read. A request may join a read that has not been sent yet, never one in
 * flight: that read may be older than a revocation that was answered before the request began.
 * The next read collects everything requested until the one in flight is answered, or late.
 */
export class BatchedRead<V> {
  private waiting = new Map<string, Waiting<V>>();
  private isBusy = false;
  /** Reads in flight that are late. */
  private late = 0;
  private readonly peek: (id: string) => V | null;
  private readonly maxBatch: number;
  private readonly maxReads: number;

  /** @param read fetches the values of many ids; an id that is missing from the result has no value */
  constructor(
    private readonly read: (ids: string[]) => Promise<Map<string, V>>,
    { peek = () => null, maxBatch = MAX_BATCH, maxReads = MAX_READS }: BatchedReadOptions<V> = {},
  ) {
    this.peek = peek;
    this.maxBatch = maxBatch;
    this.maxReads = maxReads;
  }

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
    while (this.waiting.size > 0 && this.late < this.maxReads) {
      const batch = this.take();
      if (batch.size > 0) await this.sendAndAwait(batch);
    }
    this.isBusy = false;
  }

  /** Waits until the read is answered, or late. */
  private async sendAndAwait(batch: Map<string, Waiting<V>>): Promise<void> {
    const sent = this.send(batch);
    if (await settlesWithin(LATE_AFTER_MS, sent)) return;
    this.late += 1;
    void sent.then(() => {
      this.late -= 1;
      return this.drain();
    });
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
      for (const waiting of batch.values()) waiting.reject(error);
      if (this.late === this.maxReads) this.rejectWaiting(error);
    }
  }

  /** No read is on time. After one that hangs, the requests must not wait for another one. */
  private rejectWaiting(error: unknown): void {
    for (const waiting of this.waiting.values()) waiting.reject(error);
    this.waiting.clear();
  }
}

/** @param work never rejects */
function settlesWithin(ms: number, work: Promise<void>): Promise<boolean> {
  return new Promise((resolve) => {
    const cancel = startDeadline(ms, () => resolve(false));
    void work.then(() => {
      cancel();
      resolve(true);
    });
  });
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
