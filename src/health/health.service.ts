import { Revocation } from '@latchkey/revocation/revocation';
import { type BeforeApplicationShutdown, Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { requirePrimary } from '../database/standby-server.js';
import { withTimeout } from '../errors/with-timeout.js';
import { REDIS } from '../redis/redis.module.js';
import type { RedisConnection } from '../redis/redis-connection.js';

const PROBE_TIMEOUT_MS = 1_000;

export type DependencyState = 'up' | 'down' | 'not_configured';

export interface Readiness {
  /** `degraded`: sessions can be checked, but something else does not work. */
  readonly status: 'ready' | 'degraded' | 'unavailable' | 'stopping';
  readonly dependencies: { readonly postgres: DependencyState; readonly redis: DependencyState };
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
    const [postgres, redis] = await Promise.all([
      this.state(() => requirePrimary(this.dataSource)),
      this.redisState(),
    ]);
    const trustsCaches = this.revocation.status().trustsCaches;
    return {
      status: this.status(postgres, redis, trustsCaches),
      dependencies: { postgres, redis },
      cachesTrusted: trustsCaches,
    };
  }

  private status(
    postgres: DependencyState,
    redis: DependencyState,
    trustsCaches: boolean,
  ): Readiness['status'] {
    if (this.isStopping) return 'stopping';
    // Without Postgres, an instance that trusts its caches can still check sessions, so it stays in service.
    if (postgres === 'down') return trustsCaches ? 'degraded' : 'unavailable';
    return redis === 'down' ? 'degraded' : 'ready';
  }

  private async redisState(): Promise<DependencyState> {
    const { redis } = this;
    return redis ? this.state(() => redis.probe()) : 'not_configured';
  }

  private async state(probe: () => Promise<unknown>): Promise<'up' | 'down'> {
    try {
      await withTimeout(PROBE_TIMEOUT_MS, probe);
      return 'up';
    } catch {
      // The code that needs the dependency logs the reason. Here, only its state counts.
      return 'down';
    }
  }
}
