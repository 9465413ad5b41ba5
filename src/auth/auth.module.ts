import { Module } from '@nestjs/common';
import { JwtModule } from '@nestjs/jwt';
import { Config } from '../config/config.js';
import { DevicesModule } from '../devices/devices.module.js';
import { MailModule } from '../mail/mail.module.js';
import { REDIS } from '../redis/redis.module.js';
import { RedisAuthenticators } from '../redis/redis-authenticators.js';
import type { RedisConnection } from '../redis/redis-connection.js';
import { SecurityEventsModule } from '../security-events/security-events.module.js';
import { SessionClock } from '../sessions/session-clock.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { UsersModule } from '../users/users.module.js';
import { AccessTokenModule } from './access-tokens/access-token.module.js';
import { LoginAttempts } from './attempts/login-attempts.js';
import { RegisterAttempts } from './attempts/register-attempts.js';
import { AuthController } from './auth.controller.js';
import { AuthService } from './auth.service.js';
import { AssertionSigner } from './forward-auth/assertion-signer.js';
import { ForwardAuthController } from './forward-auth/forward-auth.controller.js';
import { ForwardAuthCheck } from './forward-auth/forward-auth-check.js';
import { KeysModule } from './keys/keys.module.js';
import { LoginService } from './login/login.service.js';
import { LoginSuspicions } from './login/login-suspicions.js';
import { SessionTokens } from './session-tokens.js';

@Module({
  imports: [
    AccessTokenModule,
    DevicesModule,
    JwtModule.register({}),
    KeysModule,
    MailModule,
    SecurityEventsModule,
    SessionsModule,
    UsersModule,
  ],
  controllers: [AuthController, ForwardAuthController],
  providers: [
    AssertionSigner,
    ForwardAuthCheck,
    AuthService,
    LoginService,
    LoginSuspicions,
    SessionTokens,
    ...[LoginAttempts, RegisterAttempts].map((attempts) => ({
      provide: attempts,
      inject: [Config, REDIS, RedisAuthenticators, SessionClock],
      useFactory: (
        { loginAttempts }: Config,
        connection: RedisConnection | null,
        authenticators: RedisAuthenticators,
        clock: SessionClock,
      ) =>
        new attempts(
          loginAttempts,
          connection?.client ?? null,
          connection?.prefix ?? '',
          authenticators.loginAttempts,
          clock,
        ),
    })),
  ],
  exports: [AccessTokenModule, LoginAttempts, SessionTokens],
})
export class AuthModule {}
