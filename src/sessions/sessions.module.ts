import { GuardParent } from '@latchkey/revocation/guard-connection/guard-parent';
import { Revocation } from '@latchkey/revocation/revocation';
import { SessionCache } from '@latchkey/revocation/session-cache';
import {
  Inject,
  Logger,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { AccountChanges } from '../account-changes/account-changes.js';
import { AccountChangesModule } from '../account-changes/account-changes.module.js';
import { AuditLog } from '../audit/audit-log.js';
import { Config } from '../config/config.js';
import { InstanceLock } from '../database/instance-lock.js';
import { GeoIpModule } from '../geoip/geoip.module.js';
import { REDIS } from '../redis/redis.module.js';
import type { RedisConnection } from '../redis/redis-connection.js';
import { SecurityEventsModule } from '../security-events/security-events.module.js';
import { LastSeen } from './check/last-seen.js';
import { ReportedUses } from './check/reported-uses.js';
import { SessionCheck } from './check/session-check.js';
import type { SessionUse } from './check/session-use.js';
import { UsedGenerations } from './check/used-generations.js';
import { EndedSessions } from './ended-sessions.js';
import { SessionRotation } from './refresh/session-rotation.js';
import { revocationEvent } from './revocation-event.js';
import { Session } from './session.entity.js';
import { SessionClock } from './session-clock.js';
import { SessionEvent } from './session-event.entity.js';
import { SessionRevoker } from './session-revoker.js';
import { SessionsController } from './sessions.controller.js';
import { SessionsService } from './sessions.service.js';
import { CutOffSweeper } from './store/cut-off-sweeper.js';
import { REVOCATION_PROVIDERS } from './store/revocation-providers.js';
import { SessionMetrics } from './store/session-metrics.js';
import type { SessionSnapshot } from './store/session-snapshot.js';
import { SessionSweeper } from './store/session-sweeper.js';
import { RepeatWatch } from './suspicion/repeat-watch.js';
import { SessionHabits } from './suspicion/session-habits.js';
import { SuspicionDetector } from './suspicion/suspicion-detector.js';
import { SuspicionResponse } from './suspicion/suspicion-response.js';
import { transactionTurns } from './transaction-turns.js';

@Module({
  imports: [
    AccountChangesModule,
    GeoIpModule,
    SecurityEventsModule,
    TypeOrmModule.forFeature([Session, SessionEvent]),
  ],
  controllers: [SessionsController],
  providers: [
    ...REVOCATION_PROVIDERS,
    CutOffSweeper,
    EndedSessions,
    LastSeen,
    SessionCheck,
    {
      provide: SessionRevoker,
      inject: [DataSource, Revocation, SessionCache, AccountChanges, CutOffSweeper, Config, AuditLog],
      useFactory: (
        dataSource: DataSource,
        revocation: Revocation,
        cache: SessionCache<SessionSnapshot, SessionUse>,
        accountChanges: AccountChanges,
        cutOffSweeper: CutOffSweeper,
        { database }: Config,
        audit: AuditLog,
      ) =>
        new SessionRevoker(
          dataSource,
          {
            enforce: (revocations) => revocation.enforce(revocations),
            closeCutOffSessions: () => cutOffSweeper.sweepSoon(),
            invalidate: (sessionIds) => cache.invalidate(sessionIds),
            announce: (userId) => accountChanges.announce(userId),
            audit: (revoked) => audit.write(revocationEvent(revoked)),
          },
          transactionTurns(database.poolSize),
        ),
    },
    RepeatWatch,
    ReportedUses,
    SessionHabits,
    SessionMetrics,
    SessionRotation,
    SessionSweeper,
    SuspicionDetector,
    SuspicionResponse,
    SessionsService,
    UsedGenerations,
  ],
  exports: [
    GeoIpModule,
    GuardParent,
    ReportedUses,
    Revocation,
    SessionCheck,
    SessionClock,
    SessionRevoker,
    SessionRotation,
    SessionsService,
  ],
})
export class SessionsModule implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(SessionsModule.name);
  private readonly instanceLock: InstanceLock;

  constructor(
    private readonly revocation: Revocation,
    config: Config,
    @Inject(REDIS) redis: RedisConnection | null,
  ) {
    this.instanceLock = new InstanceLock(config.database.url, redis !== null, (error) => {
      // Its caches may be wrong from now on, so it must not answer another request.
      this.logger.fatal(error.message);
      process.exit(1);
    });
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.instanceLock.acquire();
    await this.revocation.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.revocation.stop();
    await this.instanceLock.release();
  }
}
