import { Injectable } from '@nestjs/common';
import { type RotatedSession, SessionRotation } from '../sessions/refresh/session-rotation.js';
import { SessionClock } from '../sessions/session-clock.js';
import type { OpenedSession } from '../sessions/sessions.service.js';
import type { User } from '../users/user.entity.js';
import { AccessTokenIssuer } from './access-tokens/access-token.issuer.js';
import { PASSWORD_AMR } from './login/login.service.js';

export interface IssuedTokens {
  readonly accessToken: string;
  readonly expiresInSeconds: number;
  readonly refreshToken: string;
  readonly sessionId: string;
  readonly deviceId: string;
}

/** Issues the tokens of a session. */
@Injectable()
export class SessionTokens {
  constructor(
    private readonly rotation: SessionRotation,
    private readonly accessTokens: AccessTokenIssuer,
    private readonly clock: SessionClock,
  ) {}

  /** The first tokens of a session that a password has just opened. */
  first(
    session: OpenedSession & Pick<RotatedSession, 'deviceId' | 'sessionEpoch'>,
    { id: userId, roles, rolesVersion }: Pick<User, 'id' | 'roles' | 'rolesVersion'>,
  ): Promise<IssuedTokens> {
    const { sessionId, deviceId, sessionEpoch, authTime, createdAt } = session;
    const refreshToken = this.rotation.firstToken(sessionId);
    const rest = { amr: PASSWORD_AMR, roles, rolesVersion, generation: 0, refreshToken };
    return this.of({ sessionId, deviceId, sessionEpoch, userId, authTime, createdAt, ...rest });
  }

  async of({ refreshToken, authTime, ...session }: RotatedSession): Promise<IssuedTokens> {
    const access = await this.accessTokens.issue({
      ...session,
      authenticatedAt: authTime,
      now: new Date(this.clock.now()),
    });
    return {
      accessToken: access.token,
      expiresInSeconds: access.expiresInSeconds,
      refreshToken,
      sessionId: session.sessionId,
      deviceId: session.deviceId,
    };
  }
}
