import { CircuitState, ConsecutiveBreaker, circuitBreaker, handleAll } from 'cockatiel';
import { withTimeout } from '../../../../src/errors/with-timeout.js';
import type { RedisConnection } from '../../../../src/redis/redis-connection.js';
import type { SessionProfile, SessionSnapshot } from '../session-snapshot.js';
import type { SharedCache } from '../shared-cache.js';

/** A cache slower than this is slower than the store. */
const COMMAND_TIMEOUT_MS = 100;
const FAILURES_TO_OPEN = 3;
const HALF_OPEN_AFTER_MS = 1_000;
const TTL_MS = 3_600_000;
/** Part of every key: another shape of snapshot is another key, so that versions can run side by side. */
export const SNAPSHOT_VERSION = 4;

/** The shared cache tier: Redis through cache-manager, behind a timeout and a circuit breaker. */
export class RedisSharedCache implements SharedCache {
  private readonly breaker = circuitBreaker(handleAll, {
    breaker: new ConsecutiveBreaker(FAILURES_TO_OPEN),
    halfOpenAfter: HALF_OPEN_AFTER_MS,
  });

  constructor(private readonly redis: RedisConnection) {}

  async read(sessionIds: readonly string[]): Promise<Map<string, SessionSnapshot>> {
    const found = new Map<string, SessionSnapshot>();
    try {
      const values = await this.guard(() =>
        this.redis.cache.store.mget(...sessionIds.map((id) => this.key(id))),
      );
      values.forEach((value, at) => {
        const sessionId = sessionIds[at];
        if (sessionId && isSnapshotOf(sessionId, value)) found.set(sessionId, value);
      });
    } catch {
      // A cache that cannot be read holds nothing; the breaker keeps the next readers from waiting for it.
    }
    return found;
  }

  async write(snapshots: readonly SessionSnapshot[]): Promise<void> {
    try {
      const entries = snapshots.map((snapshot): [string, unknown] => [
        this.key(snapshot.sessionId),
        snapshot,
      ]);
      await this.guard(() => this.redis.cache.store.mset(entries, TTL_MS));
    } catch {
      // What is not cached is read from Postgres again.
    }
  }

  async remove(sessionIds: readonly string[]): Promise<void> {
    try {
      await this.guard(() => this.redis.cache.store.mdel(...sessionIds.map((id) => this.key(id))));
    } catch {
      // It is read again when it has grown old.
    }
  }

  get isOpen(): boolean {
    return this.breaker.state === CircuitState.Open;
  }

  private guard<T>(command: () => Promise<T>): Promise<T> {
    return this.breaker.execute(() => withTimeout(COMMAND_TIMEOUT_MS, command));
  }

  private key(sessionId: string): string {
    return `${this.redis.prefix}:session:${SNAPSHOT_VERSION}:${sessionId}`;
  }
}

/** Redis may hold anything. */
function isSnapshotOf(sessionId: string, value: unknown): value is SessionSnapshot {
  if (typeof value !== 'object' || value === null) return false;
  const it = value as Record<string, unknown>;
  return (
    it.sessionId === sessionId &&
    typeof it.userId === 'string' &&
    typeof it.deviceId === 'string' &&
    it.status === 'active' &&
    [it.createdAt, it.rolesVersion, it.readAt, it.lastSeenAt].every(Number.isFinite) &&
    (it.address === null || typeof it.address === 'string') &&
    [it.countries, it.clients].every(isTexts) &&
    typeof it.needsLogin === 'boolean' &&
    isProfile(it.profile)
  );
}

function isProfile(value: unknown): value is SessionProfile {
  if (typeof value !== 'object' || value === null) return false;
  const it = value as Record<string, unknown>;
  return (
    [it.email, it.deviceName, it.deviceKind].every((text) => typeof text === 'string') &&
    [it.browser, it.system].every((text) => text === null || typeof text === 'string')
  );
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((text) => typeof text === 'string');
}
