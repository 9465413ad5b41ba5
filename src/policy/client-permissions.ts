/** What a registered client, such as a resource server or a gateway, may be allowed to do. */
export const CLIENT_PERMISSIONS = [
  /** Connect a guard, and so learn which sessions have ended. */
  'guard',
  /** Ask about a token (RFC 7662). */
  'introspect',
  /** Revoke sessions. */
  'revoke',
  /** Receive and send security events about sessions. */
  'signals',
] as const;

export type ClientPermission = (typeof CLIENT_PERMISSIONS)[number];
