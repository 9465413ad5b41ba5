import { SignJWT } from 'jose';
import { LRUCache } from 'lru-cache';
import type { Principal } from '../principal.js';
import type { SigningKey } from './signing-key.js';

const LIFETIME_SECONDS = 60;
/** An assertion is reused for half its life, so that upstreams have the other half. */
const REUSE_MS = 30_000;
const CACHE_SIZE = 10_000;
/** Not `at+jwt` (RFC 9068 §2.1): an assertion must not pass for an access token (RFC 8725 §3.11). */
const TYPE = 'latchkey-assertion+jwt';

/** Signs what the edge found out about a caller, for upstreams that do not trust the network between. */
export class AssertionSigner {
  readonly #cache: LRUCache<string, string>;

  /** @param now epoch milliseconds */
  constructor(
    private readonly key: SigningKey,
    private readonly issuer: string,
    private readonly now: () => number = Date.now,
  ) {
    const perf = { now };
    this.#cache = new LRUCache({ max: CACHE_SIZE, ttl: REUSE_MS, ttlResolution: 0, perf });
  }

  /** @param token the verified access token of the caller */
  assertion(token: string, principal: Principal, audience: string): string | Promise<string> {
    const key = `${audience} ${token}`;
    return this.#cache.get(key) ?? this.#sign(key, principal, audience);
  }

  async #sign(key: string, principal: Principal, audience: string): Promise<string> {
    const issuedAt = Math.floor(this.now() / 1000);
    const expiresAt = Math.min(issuedAt + LIFETIME_SECONDS, Math.floor(principal.expiresAt / 1000));
    const assertion = await new SignJWT(claims(principal))
      .setProtectedHeader({ alg: this.key.alg, kid: this.key.kid, typ: TYPE })
      .setIssuer(this.issuer)
      .setAudience(audience)
      .setSubject(principal.userId)
      .setIssuedAt(issuedAt)
      .setExpirationTime(expiresAt)
      .sign(this.key.privateKey);
    // The last assertions of a token live shorter: reuse none for longer than half of that.
    const ttl = Math.min(REUSE_MS, ((expiresAt - issuedAt) * 1000) / 2);
    if (ttl >= 1) this.#cache.set(key, assertion, { ttl });
    return assertion;
  }
}

/** The names are those of the access token. */
function claims(principal: Principal): Record<string, unknown> {
  return {
    sid: principal.sessionId,
    ...(principal.deviceId !== null && { device_id: principal.deviceId }),
    ...(principal.clientId !== null && { client_id: principal.clientId }),
    roles: principal.roles,
    auth_time: Math.floor(principal.authenticatedAt / 1000),
    amr: principal.amr,
    ...(principal.acr !== null && { acr: principal.acr }),
  };
}
