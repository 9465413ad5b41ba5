import { randomUUID } from 'node:crypto';
import { JwtService } from '@nestjs/jwt';
import { type Claims, ISSUER } from './claims.js';
import { PRIVATE_KEY } from './keys.js';

/** Access tokens with the same claims as Latchkey's, valid for an hour. */
export function issueTokens(count: number): { tokens: string[]; claims: Claims[] } {
  const jwt = new JwtService();
  const now = Math.floor(Date.now() / 1_000);
  const claims = Array.from({ length: count }, () => ({
    iss: ISSUER,
    aud: ISSUER,
    sub: randomUUID(),
    sid: randomUUID(),
    jti: randomUUID(),
    iat: now,
    exp: now + 3_600,
    auth_time: now,
    amr: ['pwd'],
    roles: [],
    roles_version: 0,
  }));
  const header = { alg: 'ES256', typ: 'at+jwt', kid: 'bench' } as const;
  const tokens = claims.map((it) => jwt.sign(it, { algorithm: 'ES256', header, privateKey: PRIVATE_KEY }));
  return { tokens, claims };
}
