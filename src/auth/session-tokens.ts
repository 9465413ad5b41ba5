import { Injectable } from '@nestjs/common';
import { Config } from '../config/config.js';
import { type RotatedSession, SessionRotation } from '../sessions/refresh/session-rotation.js';
import { SessionClock } from '../sessions/session-clock.js';
import { type SessionExpiry, sessionExpiry } from '../sessions/session-state.js';
import type { OpenedSession, SessionClaims } from '../sessions/sessions.service.js';
import type { User } from '../users/user.entity.js';
import { AccessTokenIssuer } from './access-tokens/access-token.issuer.js';
import { TokenAudiences } from './access-tokens/token-audiences.js';
import { PASSWORD_AMR } from './login/login.service.js';

export interface IssuedTokens {
  readonly accessToken: string;
  readonly expiresInSeconds: number;
  readonly refreshToken: string;
  readonly sessionId: string;
  readonly deviceId: string;
  readonly expiry: SessionExpiry;
}

/** Issues the tokens of a session. */
@Injectable()
export class SessionTokens {
  constructor(
    private readonly rotation: SessionRotation,
    private readonly accessTokens: AccessTokenIssuer,
    private readonly audiences: TokenAudiences,
    private readonly clock: SessionClock,
    private readonly config: Config,
  ) {}

  /** The first tokens of a session that a password has just opened. */
  first(
    session: OpenedSession & SessionClaims & { readonly deviceId: string },
    { id: userId, roles, rolesVersion }: Pick<User, 'id' | 'roles' | 'rolesVersion'>,
  ): Promise<IssuedTokens> {
    const refreshToken = this.rotation.firstToken(session.sessionId);
    const rest = { amr: PASSWORD_AMR, generation: 0, refreshToken };
    return this.of({ ...session, userId, roles, rolesVersion, ...rest });
  }

  /**
   * @param requested the audience that is asked for now; `null`: that of the session
   * @throws {AppError} invalid_target
   */
  async of(
    { refreshToken, authTime, audience, ...session }: RotatedSession,
    requested: readonly string[] | null = null,
  ): Promise<IssuedTokens> {
    const now = this.clock.now();
    const access = await this.accessTokens.issue({
      ...session,
      audience: this.audiences.narrow(audience, requested),
      authenticatedAt: authTime,
      now: new Date(now),
    });
    return {
      accessToken: access.token,
      expiresInSeconds: access.expiresInSeconds,
      refreshToken,
      sessionId: session.sessionId,
      deviceId: session.deviceId,
      // Issuing tokens is a use of the session.
      expiry: sessionExpiry({ createdAt: session.createdAt.getTime(), lastSeenAt: now }, this.config.policy),
    };
  }
}
