import { randomUUID } from 'node:crypto';
import { MAX_TOKEN_LENGTH } from '@latchkey/access-token/bearer-token';
import { type AccessTokenClaims, acrOf } from '@latchkey/access-token/claims';
import { ALGORITHM, TYPE } from '@latchkey/access-token/header';
import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { Config } from '../../config/config.js';
import { KeySet } from '../keys/key-set.js';

export interface AccessTokenInput {
  readonly userId: string;
  readonly sessionId: string;
  readonly deviceId: string;
  /** The epoch of the session, not of the user: a token must not seem to be issued after a cut-off that ended its session. */
  readonly sessionEpoch: number;
  readonly roles: readonly string[];
  readonly rolesVersion: number;
  /** The rotations of the refresh token. */
  readonly generation: number;
  /** At least one (`TokenAudiences`). */
  readonly audience: readonly string[];
  readonly authenticatedAt: Date;
  /** When the session was opened. */
  readonly createdAt: Date;
  /** The authentication methods that the user completed (RFC 8176). */
  readonly amr: readonly string[];
  readonly now: Date;
}

export interface IssuedAccessToken {
  readonly token: string;
  readonly expiresInSeconds: number;
}

@Injectable()
export class AccessTokenIssuer {
  readonly #config: Config['accessToken'];
  readonly #policy: Config['policy'];

  constructor(
    private readonly jwt: JwtService,
    private readonly keys: KeySet,
    config: Config,
  ) {
    this.#config = config.accessToken;
    this.#policy = config.policy;
  }

  async issue(input: AccessTokenInput): Promise<IssuedAccessToken> {
    const { kid, privateKey } = this.keys.current();
    const claims = this.#claims(input);
    const token = await this.jwt.signAsync(claims, {
      algorithm: ALGORITHM,
      header: { alg: ALGORITHM, typ: TYPE, kid },
      privateKey,
    });
    // A longer token would be refused with every request.
    if (token.length > MAX_TOKEN_LENGTH) {
      throw new Error(`the roles of user ${input.userId} do not fit into an access token`);
    }
    return { token, expiresInSeconds: claims.exp - claims.iat };
  }

  #claims(input: AccessTokenInput): AccessTokenClaims {
    const { issuer, clientId } = this.#config;
    const [audience = '', ...others] = input.audience;
    const iat = epochSeconds(input.now);
    return {
      iss: issuer,
      aud: others.length > 0 ? input.audience : audience,
      sub: input.userId,
      sid: input.sessionId,
      jti: randomUUID(),
      iat,
      exp: this.#expiry(input, iat),
      client_id: clientId,
      auth_time: epochSeconds(input.authenticatedAt),
      amr: input.amr,
      acr: acrOf(input.amr),
      roles: input.roles,
      roles_version: input.rolesVersion,
      generation: input.generation,
      session_epoch: input.sessionEpoch,
      device_id: input.deviceId,
    };
  }

  /** A resource server that only verifies the token must not accept it for longer than the session can last. */
  #expiry({ createdAt }: AccessTokenInput, iat: number): number {
    const { idleTtlMs, absoluteTtlMs } = this.#policy;
    const lifetime = Math.min(this.#config.ttlSeconds, Math.floor(idleTtlMs / 1000));
    const sessionEnd = Math.floor((createdAt.getTime() + absoluteTtlMs) / 1000);
    return Math.max(iat, Math.min(iat + lifetime, sessionEnd));
  }
}

/** Rounded down, so that neither the token nor the login appears more recent than it is. */
function epochSeconds(instant: Date): number {
  return Math.floor(instant.getTime() / 1000);
}
