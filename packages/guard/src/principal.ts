/** The caller of a request, according to a verified access token of an active session. */
export interface Principal {
  readonly userId: string;
  readonly sessionId: string;
  /** `null` for a token of a release that did not name the device. */
  readonly deviceId: string | null;
  /** The client that the token was issued to (RFC 9068 §2.2); `null` for a token that does not say. */
  readonly clientId: string | null;
  readonly roles: readonly string[];
  /** When the user last authenticated (`auth_time`), epoch milliseconds. */
  readonly authenticatedAt: number;
  /** The authentication methods that the user completed (RFC 8176). */
  readonly amr: readonly string[];
  /** The authentication context class (RFC 9470), such as `aal1`; `null` for a token that does not say. */
  readonly acr: string | null;
  /** When the token expires, epoch milliseconds. */
  readonly expiresAt: number;
}
