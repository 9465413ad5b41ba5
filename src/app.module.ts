import { type DynamicModule, Module } from '@nestjs/common';
import { AccountModule } from './account/account.module.js';
import { LiveModule } from './account/live/live.module.js';
import { PageModule } from './account/page/page.module.js';
import { AuditModule } from './audit/audit.module.js';
import { AuthModule } from './auth/auth.module.js';
import type { Config } from './config/config.js';
import { ConfigModule } from './config/config.module.js';
import { DatabaseModule } from './database/database.module.js';
import { DevicesModule } from './devices/devices.module.js';
import { GuardsModule } from './guards/guards.module.js';
import { HealthModule } from './health/health.module.js';
import { ErrorDocsController } from './http/openapi/error-docs.controller.js';
import { writesMailToFiles } from './mail/written-mails.js';
import { MailboxModule } from './mailbox/mailbox.module.js';
import { MetricsModule } from './metrics/metrics.module.js';
import { RedisModule } from './redis/redis.module.js';
import { SecurityEventsModule } from './security-events/security-events.module.js';
import { SessionsModule } from './sessions/sessions.module.js';

@Module({})
export class AppModule {
  static forRoot(config: Config): DynamicModule {
    return {
      module: AppModule,
      controllers: [ErrorDocsController],
      imports: [
        ConfigModule.forRoot(config),
        MetricsModule,
        DatabaseModule,
        RedisModule,
        AuditModule,
        SecurityEventsModule,
        SessionsModule,
        DevicesModule,
        AuthModule,
        // Modules stop in reverse order: this one waits for its guards, and the later ones need not.
        GuardsModule,
        LiveModule,
        AccountModule,
        PageModule,
        ...(writesMailToFiles(config) ? [MailboxModule] : []),
        HealthModule,
      ],
    };
  }
}
