import { VerifiedTokens } from '@latchkey/access-token/verified-tokens';
import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { JwtModule } from '@nestjs/jwt';
import { SessionsModule } from '../../sessions/sessions.module.js';
import { KeysModule } from '../keys/keys.module.js';
import { AccessTokenIssuer } from './access-token.issuer.js';
import { ClearEndedCookies } from './clear-ended-cookies.js';
import { JwksController } from './jwks.controller.js';
import { JwtStrategy } from './jwt.strategy.js';
import { JwtAuthGuard } from './jwt-auth.guard.js';
import { RecentLoginGuard } from './recent-login.guard.js';
import { RolesGuard } from './roles.guard.js';
import { SessionCookies } from './session-cookies.js';

/** Issues access tokens, and closes the whole service to callers without a good one. */
@Module({
  imports: [KeysModule, SessionsModule, JwtModule.register({})],
  controllers: [JwksController],
  providers: [
    AccessTokenIssuer,
    VerifiedTokens,
    JwtStrategy,
    SessionCookies,
    ClearEndedCookies,
    // In this order: the later ones ask who was admitted by the first.
    { provide: APP_GUARD, useClass: JwtAuthGuard },
    { provide: APP_GUARD, useClass: RolesGuard },
    { provide: APP_GUARD, useClass: RecentLoginGuard },
  ],
  exports: [AccessTokenIssuer, SessionCookies],
})
export class AccessTokenModule {}
