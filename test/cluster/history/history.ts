/** What a request did. `revoke` covers logout, terminating a session, a device or all others, and a manual update. */
export type Kind = 'login' | 'check' | 'refresh' | 'revoke';

/** The sessions that a revoke targets: those of the user that match every field given. */
export interface Scope {
  readonly session?: string;
  readonly device?: string;
  readonly exceptDevice?: string;
}

export interface ObservedAnswer {
  readonly status: number;
  /** The `code` of the problem details. */
  readonly code?: string | undefined;
  readonly hasRetryAfter: boolean;
}

/** The instance number recorded for a revoke made directly in Postgres. */
export const MANUAL = -1;

/** One request as its client saw it. Times are milliseconds of the test process's monotonic clock. */
export interface Operation {
  readonly kind: Kind;
  /** The instance, or the guarded server: these are counted on from the instances. */
  readonly instance: number;
  /** The name of the guarded server; `undefined` for an instance. */
  readonly guarded?: string | undefined;
  readonly startedAt: number;
  /** When the response was read completely, or the client gave up. */
  readonly endedAt: number;
  /** `null`: no response, so the outcome is unknown. */
  readonly answer: ObservedAnswer | null;
  readonly user: string;
  /** The session of the presented token; for a login, the session it opened, or `null` if no response came. */
  readonly session: string | null;
  /** For a login: the device of the session. */
  readonly device?: string | undefined;
  /** When the request for the presented access token was sent. */
  readonly tokenRequestedAt?: number | undefined;
  /** The refresh token that was issued together with the presented access token. */
  readonly issuedWith?: string | undefined;
  /** For a revoke: its targets. */
  readonly scope?: Scope | undefined;
  /** For a refresh: the refresh token that was presented and the one that was issued. */
  readonly presented?: string | undefined;
  readonly issued?: string | undefined;
  /** Part of the final check, after every fault was healed. */
  readonly isFinalCheck: boolean;
}

export interface Fault {
  readonly name: string;
  readonly startedAt: number;
  /** When everything it broke was restored. */
  readonly endedAt: number;
  /** Instances that were down or could not reach Postgres during the fault. */
  readonly withoutPostgres: readonly number[];
  /** Guarded servers that were down or could not reach every instance. */
  readonly guarded?: readonly number[];
}

/** A stream that a client opened at a guarded server. Times are those of the test process. */
export interface Stream {
  readonly instance: number;
  readonly guarded: string;
  readonly kind: string;
  readonly user: string;
  readonly session: string;
  readonly startedAt: number;
  /** When the server wrote the last text that arrived, by the server's own reading of the clock. */
  lastWrittenAt: number;
  /** When its client saw it close, or closed it; `Infinity` if it was still open at the end. */
  closedAt: number;
  /** The code of the end that the server announced; `undefined` if the client closed it, or the connection broke. */
  end?: string | undefined;
}

/** A late timer of the test process: a sign that the machine was too busy for every process on it. */
export interface Stall {
  readonly at: number;
  readonly ms: number;
}

export interface SessionRow {
  readonly status: string;
  /** Milliseconds by Postgres's clock from the revocation to its confirmation; `null` if either is missing. */
  readonly confirmedAfterMs: number | null;
}

export interface History {
  readonly operations: readonly Operation[];
  readonly streams: readonly Stream[];
  readonly faults: readonly Fault[];
  readonly stalls: readonly Stall[];
  /** Lifetime of an access token. */
  readonly tokenTtlMs: number;
  /** How long a used refresh token's predecessor is accepted after the rotation. */
  readonly graceMs: number;
  /** The final rows in Postgres by session id; `null` if they were not read. */
  readonly rows: ReadonlyMap<string, SessionRow> | null;
}

/** The request was granted: its session was considered active. */
export function isGrant({ kind, answer }: Operation): boolean {
  return kind !== 'login' && answer !== null && answer.status < 300;
}

/** The request was refused because its session has ended. */
export function isRefusedAsEnded({ answer }: Operation): boolean {
  return answer?.status === 401 && answer.code === 'session_revoked';
}

/** Whether the presented access token may have expired; 30 s early, because clocks are read at different times. */
export function mayHaveExpired({ kind, tokenRequestedAt, endedAt }: Operation, tokenTtlMs: number): boolean {
  return kind !== 'refresh' && endedAt - (tokenRequestedAt ?? endedAt) > tokenTtlMs - 30_000;
}
