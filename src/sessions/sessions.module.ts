import {
  Inject,
  Logger,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { REDIS } from '../cache/cache.module.js';
import type { RedisConnection } from '../cache/redis-connection.js';
import { Config } from '../config/config.js';
import { SingleInstance } from '../database/single-instance.js';
import { systemClock } from '../revocation/clock.js';
import { Revocation } from '../revocation/revocation.js';
import { LastSeen } from './last-seen.js';
import { PostgresTruth } from './postgres-truth.js';
import { RedisBus } from './redis-bus.js';
import { RedisSessionTier } from './redis-session-tier.js';
import { Session } from './session.entity.js';
import { SessionCheck } from './session-check.js';
import { SessionEnding } from './session-ending.js';
import { SessionEvent } from './session-event.entity.js';
import { SessionRotation } from './session-rotation.js';
import { SessionSweeper } from './session-sweeper.js';
import { SessionsController } from './sessions.controller.js';
import { SessionsService } from './sessions.service.js';

/** Taken off a lease's end, for monotonic clocks of different rates. */
const LEASE_MARGIN_MS = 100;

@Module({
  imports: [TypeOrmModule.forFeature([Session, SessionEvent])],
  controllers: [SessionsController],
  providers: [
    {
      provide: Revocation,
      inject: [Config, DataSource, REDIS],
      useFactory: (config: Config, dataSource: DataSource, redis: RedisConnection | null) =>
        new Revocation({
          truth: new PostgresTruth(dataSource),
          bus: redis && new RedisBus(redis),
          secondTier: redis && new RedisSessionTier(redis),
          clock: systemClock,
          tokenTtlMs: config.accessToken.ttlSeconds * 1000,
          leaseMs: config.sessions.leaseMs,
          leaseMarginMs: LEASE_MARGIN_MS,
          maxStalenessMs: config.sessions.maxStalenessMs,
          firstTierSize: config.sessions.cacheSize,
          endedSetSize: config.sessions.endedSetSize,
        }),
    },
    LastSeen,
    SessionCheck,
    SessionEnding,
    SessionRotation,
    SessionSweeper,
    SessionsService,
  ],
  exports: [Revocation, SessionCheck, SessionEnding, SessionRotation, SessionsService],
})
export class SessionsModule implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(SessionsModule.name);
  private readonly singleInstance: SingleInstance | null;

  constructor(
    private readonly revocation: Revocation,
    config: Config,
    @Inject(REDIS) redis: RedisConnection | null,
  ) {
    this.singleInstance = redis
      ? null
      : new SingleInstance(config.database.url, (error) => {
          // Its caches may be wrong from now on, so it must not answer one more request.
          this.logger.fatal(error.message);
          process.exit(1);
        });
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.singleInstance?.acquire();
    await this.revocation.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.revocation.stop();
    await this.singleInstance?.release();
  }
}
