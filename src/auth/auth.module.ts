import { Module } from '@nestjs/common';
import { REDIS } from '../cache/cache.module.js';
import type { RedisConnection } from '../cache/redis-connection.js';
import { Config } from '../config/config.js';
import { DevicesModule } from '../devices/devices.module.js';
import { MailModule } from '../mail/mail.module.js';
import { SecurityEventsModule } from '../security-events/security-events.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { UsersModule } from '../users/users.module.js';
import { AccessTokenModule } from './access-token.module.js';
import { AuthController } from './auth.controller.js';
import { AuthService } from './auth.service.js';
import { LoginAttempts } from './login-attempts.js';
import { LoginSuspicions } from './login-suspicions.js';
import { Logins } from './logins.js';
import { RegisterAttempts } from './register-attempts.js';

@Module({
  imports: [AccessTokenModule, DevicesModule, MailModule, SecurityEventsModule, SessionsModule, UsersModule],
  controllers: [AuthController],
  providers: [
    AuthService,
    Logins,
    LoginSuspicions,
    ...[LoginAttempts, RegisterAttempts].map((attempts) => ({
      provide: attempts,
      inject: [Config, REDIS],
      useFactory: ({ loginAttempts, redis }: Config, connection: RedisConnection | null) =>
        new attempts(loginAttempts, connection?.client ?? null, redis?.keyPrefix ?? ''),
    })),
  ],
  exports: [LoginAttempts],
})
export class AuthModule {}
