import { Revocation } from '@latchkey/revocation/revocation';
import { type BeforeApplicationShutdown, Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { pendingMigrations } from '../database/migrations.js';
import { requirePrimary } from '../database/standby-server.js';
import { withTimeout } from '../errors/with-timeout.js';
import { REDIS } from '../redis/redis.module.js';
import type { RedisConnection } from '../redis/redis-connection.js';

const PROBE_TIMEOUT_MS = 1_000;

/** `schema_outdated`: it lacks a migration of this version. */
export type PostgresState = 'up' | 'down' | 'schema_outdated';
/** `misconfigured`: it answers, but refuses what the service needs. */
export type RedisState = 'up' | 'down' | 'misconfigured' | 'not_configured';

export interface Readiness {
  /** `degraded`: sessions can be checked, but something else does not work. */
  readonly status: 'ready' | 'degraded' | 'unavailable' | 'stopping';
  readonly dependencies: { readonly postgres: PostgresState; readonly redis: RedisState };
  /** Whether session checks are currently answered from caches or from Postgres. */
  readonly cachesTrusted: boolean;
}

/** Reports whether this instance should receive requests. */
@Injectable()
export class HealthService implements BeforeApplicationShutdown {
  private isStopping = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly revocation: Revocation,
    @Inject(REDIS) private readonly redis: RedisConnection | null,
  ) {}

  /** This instance is not ready from now on, although it still serves requests. */
  announceStop(): void {
    this.isStopping = true;
  }

  beforeApplicationShutdown(): void {
    this.announceStop();
  }

  async readiness(): Promise<Readiness> {
    const [postgres, redis] = await Promise.all([this.postgresState(), this.redisState()]);
    const trustsCaches = this.revocation.status().trustsCaches;
    return {
      status: this.status(postgres, redis, trustsCaches),
      dependencies: { postgres, redis },
      cachesTrusted: trustsCaches,
    };
  }

  private status(postgres: PostgresState, redis: RedisState, trustsCaches: boolean): Readiness['status'] {
    if (this.isStopping) return 'stopping';
    // Without Postgres, an instance that trusts its caches can still check sessions, so it stays in service.
    if (postgres === 'down') return trustsCaches ? 'degraded' : 'unavailable';
    // This does not pass by itself, so a rollout must stop here instead of replacing instances that work.
    if (postgres === 'schema_outdated' || redis === 'misconfigured') return 'unavailable';
    return redis === 'down' ? 'degraded' : 'ready';
  }

  private postgresState(): Promise<PostgresState> {
    return unlessDown(async () => {
      const [pending] = await Promise.all([
        pendingMigrations(this.dataSource),
        requirePrimary(this.dataSource),
      ]);
      return pending.length > 0 ? 'schema_outdated' : 'up';
    });
  }

  private async redisState(): Promise<RedisState> {
    const { redis } = this;
    if (!redis) return 'not_configured';
    if (redis.isMisconfigured) return 'misconfigured';
    return unlessDown<RedisState>(async () => {
      await redis.probe();
      return 'up';
    });
  }
}

async function unlessDown<T>(probe: () => Promise<T>): Promise<T | 'down'> {
  try {
    return await withTimeout(PROBE_TIMEOUT_MS, probe);
  } catch {
    // The code that needs the dependency logs the reason. Here, only its state counts.
    return 'down';
  }
}
