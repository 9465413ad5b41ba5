import type { Principal } from './principal.js';

/** Where a request came from, as the server that received it knows. It is reported when it is new for the session. */
export interface RequestClient {
  /** The IP address, without a port. */
  readonly address?: string;
  /** The `User-Agent` header. Leave it out if a gateway drops or replaces it: rules about clients are then off. */
  readonly userAgent?: string;
}

/** The end of one session, or of what a user got before a change. */
export interface SessionEnd {
  readonly sessionId: string;
  readonly userId: string;
  /** Why it ended, such as `logout`; the reasons are those of the service's `session_revoked` problem. */
  readonly reason: string;
}

/** A connection that stays open for longer than its request: a WebSocket, server-sent events, a gRPC stream. */
export interface OpenStream {
  /** To be called when the stream has closed for another reason. */
  release(): void;
}

/** Decides in a resource server which requests have a valid token of an active session. */
export interface Guard {
  /** Resolves once tokens are checked from memory. @throws when the service refuses the client's credentials */
  ready(): Promise<void>;

  /**
   * Checks an access token. Answers in the same tick while the guard holds a lease and has verified the token before.
   *
   * @throws {GuardError} (or rejects with one) when the request must be refused
   */
  check(token: string, client?: RequestClient): Principal | Promise<Principal>;

  /**
   * Registers an open stream, and checks its session in the same step. `close` is called once, and before the end of the
   * session is acknowledged; it must close the stream in the same tick.
   *
   * @throws {GuardError} when the session has ended meanwhile; `close` is then not called
   */
  openStream(principal: Principal, close: (end: StreamEnd) => void): OpenStream;

  /** Calls `listener` when a session that this guard has seen or has streams of ends, before the end is acknowledged. */
  onSessionEnd(listener: (end: SessionEnd) => void): () => void;

  /** Closes the connection to the service, and every stream. */
  close(): Promise<void>;
}

/** Why a stream has to close. */
export interface StreamEnd {
  /** `unavailable`: the guard has lost its lease and cannot tell any more whether the session is active. */
  readonly code: 'session_revoked' | 'session_expired' | 'token_expired' | 'unavailable' | 'closing';
  /** The reason of `session_revoked`. */
  readonly reason?: string;
}
