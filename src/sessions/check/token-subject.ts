/** What a verified access token says about its session. The session check decides whether it still holds. */
export interface TokenSubject {
  readonly userId: string;
  readonly sessionId: string;
  readonly roles: readonly string[];
  /** The user's count of role changes when the token was issued; the token is stale once the count is larger. */
  readonly rolesVersion: number;
  /** Epoch milliseconds. */
  readonly authenticatedAt: number;
}
