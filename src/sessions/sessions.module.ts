import {
  Inject,
  Logger,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { REDIS } from '../cache/cache.module.js';
import type { RedisConnection } from '../cache/redis-connection.js';
import { ChangesModule } from '../changes/changes.module.js';
import { Config } from '../config/config.js';
import { PROTOCOL_DATA_SOURCE } from '../database/database.module.js';
import { SingleInstance } from '../database/single-instance.js';
import { PlaceModule } from '../place/place.module.js';
import { Revocation } from '../revocation/revocation.js';
import { SecurityEventsModule } from '../security-events/security-events.module.js';
import { createRevocation } from './create-revocation.js';
import { EndedSessions } from './ended-sessions.js';
import { LastSeen } from './last-seen.js';
import { Session } from './session.entity.js';
import { SessionCheck } from './session-check.js';
import { SessionClock } from './session-clock.js';
import { SessionEnding } from './session-ending.js';
import { SessionEvent } from './session-event.entity.js';
import { SessionHabits } from './session-habits.js';
import { SessionMetrics } from './session-metrics.js';
import { SessionRotation } from './session-rotation.js';
import { SessionSweeper } from './session-sweeper.js';
import { SessionWatch } from './session-watch.js';
import { SessionsController } from './sessions.controller.js';
import { SessionsService } from './sessions.service.js';
import { SuspicionResponse } from './suspicion-response.js';

@Module({
  imports: [
    ChangesModule,
    PlaceModule,
    SecurityEventsModule,
    TypeOrmModule.forFeature([Session, SessionEvent]),
  ],
  controllers: [SessionsController],
  providers: [
    {
      provide: Revocation,
      inject: [Config, PROTOCOL_DATA_SOURCE, REDIS, SessionMetrics],
      useFactory: createRevocation,
    },
    EndedSessions,
    LastSeen,
    SessionCheck,
    SessionClock,
    SessionEnding,
    SessionHabits,
    SessionMetrics,
    SessionRotation,
    SessionSweeper,
    SessionWatch,
    SuspicionResponse,
    SessionsService,
  ],
  exports: [
    PlaceModule,
    Revocation,
    SessionCheck,
    SessionClock,
    SessionEnding,
    SessionRotation,
    SessionsService,
  ],
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
