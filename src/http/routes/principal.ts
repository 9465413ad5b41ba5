/** Who is calling: what a verified access token and its checked session say. */
export interface Principal {
  readonly userId: string;
  readonly sessionId: string;
  readonly deviceId: string;
  readonly roles: readonly string[];
  /** When the user last proved their identity (`auth_time`), in epoch milliseconds. */
  readonly authenticatedAt: number;
}
