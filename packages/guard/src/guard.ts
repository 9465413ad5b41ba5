import type { Principal } from './principal.js';

/** Where a request came from, as the server that received it knows. It is reported when it is new for the session. */
export interface RequestClient {
  /** The IP address, without a port. */
  readonly address?: string | undefined;
  /** The `User-Agent` header. Leave it out if a gateway drops or replaces it: rules about clients are then off. */
  readonly userAgent?: string | undefined;
}

/** The end of a session. */
export interface SessionEnd {
  readonly sessionId: string;
  readonly userId: string;
  /** Why it ended, such as `logout`; the reasons are those of the service's `session_revoked` problem. */
  readonly reason: string;
}

/** A connection that stays open for longer than its request: a WebSocket, server-sent events, a gRPC stream. */
export interface OpenStream {
  /**
   * Whether the application may write to the stream now; if not, the stream has been closed. To be asked before each write:
   * a process that was paused, or is busy, may come to write before it notices that the lease of the guard has run out.
   * The adapters of this package ask by themselves.
   */
  mayDeliver(): boolean;
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
   * Registers an open stream, and checks its session in the same step. `close` is called at most once, and before the end
   * of the session is acknowledged; it must close the stream in the same tick.
   *
   * A stream may outlive the token that opened it, as long as the session lasts.
   *
   * @param principal what `check` returned, not a copy of it
   * @throws {GuardError} when the session has ended since it was checked; `close` is then not called
   */
  openStream(principal: Principal, close: (end: StreamEnd) => void): OpenStream;

  /**
   * Calls `listener` once for each session that this guard has seen, when the guard learns that it ended. If the service
   * names the session, the listener runs before the end is acknowledged. After a cut-off, which names no sessions, it runs
   * when the session is used again.
   *
   * @returns a function that removes the listener
   */
  onSessionEnd(listener: (end: SessionEnd) => void): () => void;

  /** Closes the connection to the service, and every stream. */
  close(): Promise<void>;
}

/** Why a stream has to close. */
export interface StreamEnd {
  readonly code:
    | 'session_revoked'
    | 'session_expired'
    /** The user's roles have changed, or older sessions of the user are over and this one may be among them. */
    | 'token_stale'
    /** The session requires a new login. */
    | 'insufficient_user_authentication'
    /** The token has expired, and the service cannot be asked whether the session is still active. */
    | 'token_expired'
    /** The guard has lost its lease, so it does not know whether the session is still active. */
    | 'unavailable'
    /** The guard is closed. */
    | 'closing';
  /** The reason of `session_revoked`, and of `session_expired` if it is known. */
  readonly reason?: string;
}
