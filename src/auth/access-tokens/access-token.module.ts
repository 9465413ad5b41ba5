import { VerifiedTokens } from '@latchkey/access-token/verified-tokens';
import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { JwtModule } from '@nestjs/jwt';
import { Config } from '../../config/config.js';
import { SessionsModule } from '../../sessions/sessions.module.js';
import { KeySet } from '../keys/key-set.js';
import { KeysModule } from '../keys/keys.module.js';
import { AccessTokenIssuer } from './access-token.issuer.js';
import { ClearEndedCookies } from './clear-ended-cookies.js';
import { JwksController } from './jwks.controller.js';
import { JwtStrategy } from './jwt.strategy.js';
import { JwtAuthGuard } from './jwt-auth.guard.js';
import { PresentedRefreshTokens } from './presented-refresh-tokens.js';
import { RecentLoginGuard } from './recent-login.guard.js';
import { RolesGuard } from './roles.guard.js';
import { SessionCookies } from './session-cookies.js';
import { TokenAudiences } from './token-audiences.js';

/** Issues access tokens, and guards every route of the service with them. */
@Module({
  imports: [KeysModule, SessionsModule, JwtModule.register({})],
  controllers: [JwksController],
  providers: [
    AccessTokenIssuer,
    TokenAudiences,
    {
      provide: VerifiedTokens,
      inject: [KeySet, Config],
      useFactory: (keys: KeySet, { accessToken }: Config) => new VerifiedTokens(keys, accessToken.cacheSize),
    },
    JwtStrategy,
    SessionCookies,
    PresentedRefreshTokens,
    ClearEndedCookies,
    // Guards run in this order: the later ones read the caller that the first one admitted.
    { provide: APP_GUARD, useClass: JwtAuthGuard },
    { provide: APP_GUARD, useClass: RolesGuard },
    { provide: APP_GUARD, useClass: RecentLoginGuard },
  ],
  exports: [AccessTokenIssuer, PresentedRefreshTokens, SessionCookies, TokenAudiences],
})
export class AccessTokenModule {}
