import { createPublicKey, type JsonWebKey } from 'node:crypto';
import type { StrategyOptionsWithoutRequest } from 'passport-jwt';
import { ExtractJwt } from 'passport-jwt';
import type { Caller } from './caller.js';

interface Claims {
  readonly sub: string;
  readonly sid: string;
}

/**
 * Options as in the documentation of passport-jwt. The service's key is fetched at the start and configured in the usual
 * form, PEM.
 */
export async function jwtStrategyOptions(): Promise<StrategyOptionsWithoutRequest> {
  const { BENCH_ISSUER = '', BENCH_SERVICE = '' } = process.env;
  const response = await fetch(`${BENCH_SERVICE.split(',')[0]}/.well-known/jwks.json`);
  const { keys } = (await response.json()) as { keys: JsonWebKey[] };
  const key = createPublicKey({ key: keys[0] as JsonWebKey, format: 'jwk' });
  return {
    jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
    secretOrKey: key.export({ type: 'spki', format: 'pem' }).toString(),
    algorithms: ['ES256'],
    issuer: BENCH_ISSUER,
    audience: BENCH_ISSUER,
  };
}

export function callerOf({ sub, sid }: Claims): Caller {
  return { userId: sub, sessionId: sid };
}

/** The `verify` function of the strategy. */
export function acceptClaims(claims: Claims, done: (error: null, caller: Caller) => void): void {
  done(null, callerOf(claims));
}
