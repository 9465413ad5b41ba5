import { CircuitState, ConsecutiveBreaker, circuitBreaker, handleAll } from 'cockatiel';
import type { SessionSnapshot } from '../session-snapshot.js';
import type { SharedCache } from '../shared-cache.js';
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
  /** Whether a value is a snapshot of this session, and says that it is active. Redis may return anything. */
  isSnapshotOf(sessionId: string, value: unknown): value is S;
}

/** The shared cache in Redis, behind a timeout and a circuit breaker. */
export class RedisSharedCache<S extends SessionSnapshot> implements SharedCache<S> {
  private readonly breaker = circuitBreaker(handleAll, {
    breaker: new ConsecutiveBreaker(FAILURES_TO_OPEN),
    halfOpenAfter: HALF_OPEN_AFTER_MS,
  });

  constructor(
    private readonly redis: RedisKeys,
    private readonly format: SnapshotFormat<S>,
  ) {}

  async read(sessionIds: readonly string[]): Promise<Map<string, S>> {
    const found = new Map<string, S>();
    try {
      const values = await this.guard(() =>
        this.redis.cache.store.mget(...sessionIds.map((id) => this.key(id))),
      );
      values.forEach((value, at) => {
        const sessionId = sessionIds[at];
        if (sessionId && this.format.isSnapshotOf(sessionId, value)) found.set(sessionId, value);
      });
    } catch {
      // Counts as empty. After a few failures the breaker makes the next reads fail at once.
    }
    return found;
  }

  async write(snapshots: readonly S[]): Promise<void> {
    try {
      const entries = snapshots.map((snapshot): [string, unknown] => [
        this.key(snapshot.sessionId),
        snapshot,
      ]);
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

  private guard<T>(command: () => Promise<T>): Promise<T> {
    return this.breaker.execute(() => withTimeout(COMMAND_TIMEOUT_MS, command));
  }

  private key(sessionId: string): string {
    return `${this.redis.prefix}:session:${this.format.version}:${sessionId}`;
  }
}
