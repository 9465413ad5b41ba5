import { systemClock } from '@latchkey/revocation/clock';
import { RedisBus } from '@latchkey/revocation/redis/redis-bus';
import { RedisSharedCache } from '@latchkey/revocation/redis/redis-shared-cache';
import { Revocation } from '@latchkey/revocation/revocation';
import type { DataSource } from 'typeorm';
import type { Config } from '../../config/config.js';
import type { RedisConnection } from '../../redis/redis-connection.js';
import { PostgresSessionStore } from './postgres-session-store.js';
import type { SessionMetrics } from './session-metrics.js';

/** Taken off a lease's end, for monotonic clocks of different rates. */
const LEASE_MARGIN_MS = 100;

/** Plugs Postgres and Redis into the protocol. */
export function createRevocation(
  config: Config,
  dataSource: DataSource,
  redis: RedisConnection | null,
  metrics: SessionMetrics,
): Revocation {
  const sharedCache = redis && new RedisSharedCache(redis);
  const revocation = new Revocation({
    store: new PostgresSessionStore(dataSource),
    bus: redis && new RedisBus(redis),
    sharedCache,
    clock: systemClock,
    observer: metrics,
    tokenTtlMs: config.accessToken.ttlSeconds * 1000,
    leaseMs: config.sessions.leaseMs,
    leaseMarginMs: LEASE_MARGIN_MS,
    maxStalenessMs: config.sessions.maxStalenessMs,
    memoryCacheSize: config.sessions.cacheSize,
    endedSetSize: config.sessions.endedSetSize,
  });
  const is = (claim: boolean) => (claim ? 1 : 0);
  const { gauge } = metrics;
  gauge('latchkey_caches_trusted', 'Whether session checks are answered from caches now.', () =>
    is(revocation.status().trustsCaches),
  );
  gauge('latchkey_lease_live', 'Whether this instance hears itself through Redis.', () =>
    is(revocation.status().leaseLive),
  );
  gauge(
    'latchkey_tail_age_seconds',
    'Since the recent ends were last read from Postgres.',
    () => revocation.status().tailAgeMs / 1000,
  );
  gauge('latchkey_ended_set_size', 'Ends held in memory.', () => revocation.status().endedSetSize);
  gauge('latchkey_cache_breaker_open', 'Whether the shared cache is left alone because it failed.', () =>
    is(sharedCache?.isOpen ?? false),
  );
  return revocation;
}
