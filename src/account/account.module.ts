import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuthModule } from '../auth/auth.module.js';
import { Config } from '../config/config.js';
import { DevicesModule } from '../devices/devices.module.js';
import { MailModule } from '../mail/mail.module.js';
import { REDIS } from '../redis/redis.module.js';
import type { RedisConnection } from '../redis/redis-connection.js';
import { SecurityEventsModule } from '../security-events/security-events.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { UsersModule } from '../users/users.module.js';
import { AccountController } from './account.controller.js';
import { EmailConfirmation } from './email-confirmation.js';
import { AccountLink } from './links/account-link.entity.js';
import { AccountLinkSweeper } from './links/account-link-sweeper.js';
import { AccountLinks } from './links/account-links.js';
import { MailRequests } from './mail-requests.js';
import { MailWriter } from './mail-writer.js';
import { PasswordChange } from './password-change.js';
import { PasswordReset } from './password-reset.js';
import { SecurityNotices } from './security-notices.js';
import { SignInRejection } from './sign-in-rejection.js';

@Module({
  imports: [
    AuthModule,
    DevicesModule,
    MailModule,
    SecurityEventsModule,
    SessionsModule,
    UsersModule,
    TypeOrmModule.forFeature([AccountLink]),
  ],
  controllers: [AccountController],
  providers: [
    AccountLinks,
    AccountLinkSweeper,
    SignInRejection,
    EmailConfirmation,
    MailWriter,
    PasswordChange,
    PasswordReset,
    SecurityNotices,
    {
      provide: MailRequests,
      inject: [Config, REDIS],
      useFactory: ({ loginAttempts, redis }: Config, connection: RedisConnection | null) =>
        new MailRequests(loginAttempts, connection?.client ?? null, redis?.keyPrefix ?? ''),
    },
  ],
})
export class AccountModule {}
