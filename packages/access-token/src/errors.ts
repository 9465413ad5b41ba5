/** Why a token is invalid. For logs and metrics: to clients, all of them are RFC 6750's `invalid_token`. */
export type InvalidTokenCode =
  /** Not three base64url parts in canonical form, or a part is not a JSON object. */
  | 'malformed_token'
  /** The header has an unexpected algorithm, type or member. */
  | 'unacceptable_header'
  /** No trusted key has the `kid` of the token. For callers: this package does not look keys up. */
  | 'unknown_key'
  /** A claim is missing or has the wrong form. */
  | 'malformed_claim'
  | 'expired';

/**
 * The token must not be accepted. The message explains why, in words for the operator; it contains no part of
 * the token.
 */
export class InvalidToken extends Error {
  override readonly name = 'InvalidToken';

  constructor(
    readonly code: InvalidTokenCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
