import type { KeyObject } from 'node:crypto';

/** A P-256 public key as RFC 7517 §4 and RFC 7518 §6.2.1 write it. */
export interface PublicJwk {
  readonly kty: 'EC';
  readonly crv: 'P-256';
  readonly x: string;
  readonly y: string;
  readonly kid: string;
  readonly alg: 'ES256';
  readonly use: 'sig';
}

/** Names every member it shows, so that nothing private can ever slip in. */
export function publicJwk(kid: string, publicKey: KeyObject): PublicJwk {
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  return { kty: 'EC', crv: 'P-256', x, y, kid, alg: 'ES256', use: 'sig' };
}
