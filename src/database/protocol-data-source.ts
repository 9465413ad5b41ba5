/**
 * Injects a separate connection pool for the session check and the revocation protocol. A flood of logins that occupies
 * every other connection must not delay a revocation.
 */
export const PROTOCOL_DATA_SOURCE = Symbol('ProtocolDataSource');
