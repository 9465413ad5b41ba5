import { createRevocation, type RevocationProtocol } from '@latchkey/revocation/create-revocation';
import { GuardParent } from '@latchkey/revocation/guard-connection/guard-parent';
import { RedisBus } from '@latchkey/revocation/redis/redis-bus';
import { RedisSharedCache } from '@latchkey/revocation/redis/redis-shared-cache';
import { Revocation } from '@latchkey/revocation/revocation';
import { SessionCache } from '@latchkey/revocation/session-cache';
import type { Provider } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { validate as isUuid } from 'uuid';
import { Config } from '../../config/config.js';
import { PROTOCOL_DATA_SOURCE } from '../../database/protocol-data-source.js';
import { REDIS } from '../../redis/redis.module.js';
import { RedisAuthenticators } from '../../redis/redis-authenticators.js';
import type { RedisConnection } from '../../redis/redis-connection.js';
import { guardReportMs } from '../check/last-seen.js';
import type { SessionUse } from '../check/session-use.js';
import { SessionClock } from '../session-clock.js';
import { PostgresSessionStore } from './postgres-session-store.js';
import { SessionMetrics } from './session-metrics.js';
import { SESSION_MODEL } from './session-model.js';
import { type SessionSnapshot, SNAPSHOT_FORMAT } from './session-snapshot.js';

type Protocol = RevocationProtocol<SessionSnapshot, SessionUse>;
const PROTOCOL = Symbol('revocation protocol');

/** The revocation protocol over Postgres and Redis. */
export const REVOCATION_PROVIDERS: Provider[] = [
  {
    provide: PROTOCOL,
    inject: [Config, PROTOCOL_DATA_SOURCE, REDIS, RedisAuthenticators, SessionMetrics],
    useFactory: createProtocol,
  },
  { provide: SessionCache, inject: [PROTOCOL], useFactory: ({ sessions }: Protocol) => sessions },
  { provide: Revocation, inject: [PROTOCOL], useFactory: ({ revocation }: Protocol) => revocation },
  { provide: GuardParent, inject: [PROTOCOL], useFactory: ({ guards }: Protocol) => guards },
  { provide: SessionClock, inject: [PROTOCOL], useFactory: ({ clock }: Protocol) => clock },
];

function createProtocol(
  config: Config,
  dataSource: DataSource,
  redis: RedisConnection | null,
  authenticators: RedisAuthenticators,
  metrics: SessionMetrics,
): Protocol {
  const sharedCache = redis && new RedisSharedCache(redis, SNAPSHOT_FORMAT, authenticators.sessionCache);
  const protocol = createRevocation({
    store: new PostgresSessionStore(dataSource),
    bus: redis && new RedisBus(redis, authenticators.instances, isUuid),
    sharedCache,
    model: SESSION_MODEL,
    observer: metrics,
    tokenTtlMs: config.accessToken.ttlSeconds * 1000,
    guardReportMs: guardReportMs(config.policy.idleTtlMs),
    leaseMs: config.sessions.leaseMs,
    maxStalenessMs: config.sessions.maxStalenessMs,
    memoryCacheSize: config.sessions.cacheSize,
    endedSetSize: config.sessions.endedSetSize,
  });
  addGauges(metrics, protocol.revocation, sharedCache);
  return protocol;
}

function addGauges(
  { gauge }: SessionMetrics,
  revocation: Revocation,
  sharedCache: { readonly isOpen: boolean } | null,
): void {
  gauge('latchkey_caches_trusted', 'Whether session checks are answered from caches now.', () =>
    Number(revocation.status().trustsCaches),
  );
  gauge('latchkey_lease_live', 'Whether this instance hears itself through Redis.', () =>
    Number(revocation.status().leaseLive),
  );
  gauge(
    'latchkey_tail_age_seconds',
    'Time since the recent revocations were last read from Postgres.',
    () => revocation.status().tailAgeMs / 1000,
  );
  gauge(
    'latchkey_ended_set_size',
    'Entries of the ended set in memory.',
    () => revocation.status().endedSetSize,
  );
  gauge(
    'latchkey_ended_set_incomplete',
    'Whether more sessions have ended recently than the ended set has room for.',
    () => Number(revocation.status().hasUnlistedEnds),
  );
  gauge('latchkey_cache_breaker_open', 'Whether the shared cache is skipped because it failed.', () =>
    Number(sharedCache?.isOpen ?? false),
  );
}
