import { isTokenText, MAX_TOKEN_LENGTH } from '@latchkey/access-token/bearer-token';
import { readClaims, requireUnexpired } from '@latchkey/access-token/claims';
import { InvalidToken } from '@latchkey/access-token/errors';
import { ALGORITHM, readTokenKid, TYPE } from '@latchkey/access-token/header';
import { type VerifiedToken as TokenWith, VerifiedTokens } from '@latchkey/access-token/verified-tokens';
import type { SessionUse } from '@latchkey/revocation/guard-connection/use-reports';
import { errors, jwtVerify } from 'jose';
import { GuardError } from '../guard-error.js';
import { KeysUnavailable, type RemoteKeys } from '../keys/remote-keys.js';
import { invalidToken } from './invalid-token.js';

export interface TokenVerifierOptions {
  readonly keys: RemoteKeys;
  readonly issuer: string;
  readonly audiences: readonly string[];
  /** How many verified tokens are remembered. */
  readonly maxTokens: number;
  /** Epoch milliseconds by the clock of this machine. */
  readonly now: () => number;
  /** The longest lifetime of a token, seconds; `null` as long as the service has not said it. */
  readonly tokenLifetime: () => number | null;
}

/** With the record of its session's use, which every request updates. */
export type VerifiedToken = TokenWith<SessionUse>;

/** Verifies everything that a token proves by itself: signature, issuer, audience, type and expiry. */
export class TokenVerifier {
  readonly #options: TokenVerifierOptions;
  #verified: VerifiedTokens<SessionUse>;
  /** With which `#verified` were read. */
  #tokenLifetime: number | null = null;

  constructor(options: TokenVerifierOptions) {
    this.#options = options;
    this.#verified = new VerifiedTokens(options.keys, options.maxTokens);
  }

  /**
   * Finds a token that has been verified before.
   *
   * @returns undefined if it must be verified
   * @throws {GuardError} invalid_token if it has expired
   */
  find(token: string): VerifiedToken | undefined {
    if (typeof token !== 'string') throw invalidToken('the token is not a string');
    try {
      return this.#verified.find(token, this.#options.now());
    } catch (error) {
      throw refusal(error);
    }
  }

  /** @throws {GuardError} invalid_token, or service_unavailable if the keys could not be fetched */
  async verify(token: string): Promise<VerifiedToken> {
    try {
      return await this.#verify(token);
    } catch (error) {
      throw refusal(error);
    }
  }

  async #verify(token: string): Promise<VerifiedToken> {
    if (token.length > MAX_TOKEN_LENGTH || !isTokenText(token)) {
      throw new InvalidToken('malformed_token', 'the text is too long, or not one token');
    }
    const { keys, issuer, audiences, now } = this.#options;
    const kid = readTokenKid(token);
    const key = await keys.find(kid);
    if (!key) throw new InvalidToken('unknown_key', 'no published key has the kid of the token');
    const { payload } = await jwtVerify(token, key, {
      algorithms: [ALGORITHM],
      typ: TYPE,
      issuer,
      audience: [...audiences],
      currentDate: new Date(now()),
    });
    const lifetime = this.#options.tokenLifetime();
    const claims = readClaims(payload, lifetime ?? Number.POSITIVE_INFINITY);
    requireUnexpired(claims, now());
    if (lifetime !== null) this.#tokensWith(lifetime).remember(token, kid, claims);
    return { ...claims, token, kid, memo: undefined };
  }

  /** The service remembers ends for one token lifetime. When it changes, so does when a token expires. */
  #tokensWith(lifetime: number): VerifiedTokens<SessionUse> {
    if (this.#tokenLifetime !== lifetime) {
      this.#tokenLifetime = lifetime;
      this.#verified = new VerifiedTokens(this.#options.keys, this.#options.maxTokens);
    }
    return this.#verified;
  }
}

function refusal(error: unknown): unknown {
  if (error instanceof KeysUnavailable) return new GuardError('service_unavailable', { cause: error });
  const isInvalid = error instanceof InvalidToken || error instanceof errors.JOSEError;
  return isInvalid ? new GuardError('invalid_token', { cause: error }) : error;
}
