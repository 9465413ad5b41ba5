/** What a verified access token says of the session behind it; the session check decides whether it still holds. */
export interface TokenSubject {
  readonly userId: string;
  readonly sessionId: string;
  readonly roles: readonly string[];
  /** The user's count of role changes when the token was issued: a smaller one than now is stale. */
  readonly rolesVersion: number;
  /** Epoch milliseconds. */
  readonly authenticatedAt: number;
}
