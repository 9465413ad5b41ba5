import { CircuitState, ConsecutiveBreaker, circuitBreaker, handleAll } from 'cockatiel';
import type { SessionSnapshot } from '../session-snapshot.js';
import type { SharedCache } from '../shared-cache.js';
import type { Authenticator } from './authenticator.js';
import type { RedisKeys } from './redis-port.js';
import { withTimeout } from './with-timeout.js';

/** A cache slower than this is slower than the store. */
const COMMAND_TIMEOUT_MS = 100;
const FAILURES_TO_OPEN = 3;
const HALF_OPEN_AFTER_MS = 1_000;
const TTL_MS = 3_600_000;

/** What snapshots look like in Redis. */
export interface SnapshotFormat<S extends SessionSnapshot> {
  /** Part of every key, so that versions of a service with different snapshots can run at the same time. */
  readonly version: number;
  /** Whether a value is a snapshot of this session, and says that it is active. */
  isSnapshotOf(sessionId: string, value: unknown): value is S;
}

/** What Redis has under a key. */
interface Entry {
  /** The snapshot as JSON, sealed for the key. */
  readonly sealed: string;
}

/**
 * The shared cache in Redis, behind a timeout and a circuit breaker. An entry that no instance wrote for its key is no
 * entry.
 */
export class RedisSharedCache<S extends SessionSnapshot> implements SharedCache<S> {
  private readonly breaker = circuitBreaker(handleAll, {
    breaker: new ConsecutiveBreaker(FAILURES_TO_OPEN),
    halfOpenAfter: HALF_OPEN_AFTER_MS,
  });

  constructor(
    private readonly redis: RedisKeys,
    private readonly format: SnapshotFormat<S>,
    private readonly authenticator: Authenticator,
  ) {}

  async read(sessionIds: readonly string[]): Promise<Map<string, S>> {
    const found = new Map<string, S>();
    try {
      const entries = await this.guard(() => this.readEntries(sessionIds.map((id) => this.key(id))));
      entries.forEach((entry, at) => {
        const sessionId = sessionIds[at];
        const snapshot = sessionId === undefined ? null : this.open(sessionId, entry);
        if (snapshot) found.set(snapshot.sessionId, snapshot);
      });
    } catch {
      // Counts as empty. After a few failures the breaker makes the next reads fail at once.
    }
    return found;
  }

  async write(snapshots: readonly S[]): Promise<void> {
    try {
      const entries = snapshots.map((snapshot): [string, Entry] => {
        const key = this.key(snapshot.sessionId);
        return [key, { sealed: this.authenticator.seal(key, JSON.stringify(snapshot)) }];
      });
      await this.guard(() => this.redis.cache.store.mset(entries, TTL_MS));
    } catch {
      // Sessions that are not cached are read from the store.
    }
  }

  async remove(sessionIds: readonly string[]): Promise<void> {
    try {
      await this.guard(() => this.redis.cache.store.mdel(...sessionIds.map((id) => this.key(id))));
    } catch {
      // The old snapshot is replaced when an instance finds it too old.
    }
  }

  /** Whether the cache is currently skipped because it failed. */
  get isOpen(): boolean {
    return this.breaker.state === CircuitState.Open;
  }

  private async readEntries(keys: readonly string[]): Promise<unknown[]> {
    const { store } = this.redis.cache;
    try {
      return await store.mget(...keys);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      // One value is not JSON. It must not hide the others.
      const results = await Promise.allSettled(keys.map((key) => store.get(key)));
      return results.map((result) => (result.status === 'fulfilled' ? result.value : undefined));
    }
  }

  private open(sessionId: string, entry: unknown): S | null {
    const { sealed } = (entry ?? {}) as Partial<Entry>;
    const text = typeof sealed === 'string' ? this.authenticator.open(this.key(sessionId), sealed) : null;
    const snapshot = text === null ? null : parse(text);
    return this.format.isSnapshotOf(sessionId, snapshot) ? snapshot : null;
  }

  private guard<T>(command: () => Promise<T>): Promise<T> {
    return this.breaker.execute(() => withTimeout(COMMAND_TIMEOUT_MS, command));
  }

  private key(sessionId: string): string {
    return `${this.redis.prefix}:session:${this.format.version}:${sessionId}`;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
