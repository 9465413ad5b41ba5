import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuthModule } from '../auth/auth.module.js';
import { Config } from '../config/config.js';
import { DevicesModule } from '../devices/devices.module.js';
import { MailModule } from '../mail/mail.module.js';
import { MailComposer } from '../mail/mail-composer.js';
import { REDIS } from '../redis/redis.module.js';
import type { RedisConnection } from '../redis/redis-connection.js';
import { SecurityEventsModule } from '../security-events/security-events.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { UsersModule } from '../users/users.module.js';
import { AccountController } from './account.controller.js';
import { AccountMailComposer } from './account-mail-composer.js';
import { EmailConfirmation } from './email-confirmation.js';
import { AccountLink } from './links/account-link.entity.js';
import { AccountLinkSweeper } from './links/account-link-sweeper.js';
import { AccountLinks } from './links/account-links.js';
import { MailRequests } from './mail-requests.js';
import { PasswordChange } from './password-change.js';
import { PasswordReset } from './password-reset.js';
import { RegistrationRejection } from './registration-rejection.js';
import { RejectedRegistration } from './rejected-registration.entity.js';
import { RejectedRegistrationSweeper } from './rejected-registration-sweeper.js';
import { SignInRejection } from './sign-in-rejection.js';
import { AnswerLimit } from './sign-ins/answer-limit.js';
import { SignInAnswersController } from './sign-ins/sign-in-answers.controller.js';
import { SignInAnswers } from './sign-ins/sign-in-answers.js';

/** Global so that `MailModule`, which cannot import this module, gets its `MailComposer`. Nothing else is exported. */
@Global()
@Module({
  imports: [
    AuthModule,
    DevicesModule,
    MailModule,
    SecurityEventsModule,
    SessionsModule,
    UsersModule,
    TypeOrmModule.forFeature([AccountLink, RejectedRegistration]),
  ],
  controllers: [AccountController, SignInAnswersController],
  providers: [
    AccountLinks,
    AccountLinkSweeper,
    RegistrationRejection,
    RejectedRegistrationSweeper,
    SignInRejection,
    SignInAnswers,
    {
      provide: AnswerLimit,
      inject: [REDIS],
      useFactory: (connection: RedisConnection | null) =>
        new AnswerLimit(connection?.client ?? null, connection?.prefix ?? ''),
    },
    EmailConfirmation,
    { provide: MailComposer, useClass: AccountMailComposer },
    PasswordChange,
    PasswordReset,
    {
      provide: MailRequests,
      inject: [Config, REDIS],
      useFactory: ({ loginAttempts }: Config, connection: RedisConnection | null) =>
        new MailRequests(loginAttempts, connection?.client ?? null, connection?.prefix ?? ''),
    },
  ],
  exports: [MailComposer],
})
export class AccountModule {}
