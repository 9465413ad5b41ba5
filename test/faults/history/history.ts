/** What a request wanted. `end` is any of logout, terminate a session, a device, all others, or an end by hand. */
export type Kind = 'login' | 'check' | 'refresh' | 'revoke';

/** Which sessions an end was meant for: those of the user that match whatever else is said. */
export interface Scope {
  readonly session?: string;
  readonly device?: string;
  readonly exceptDevice?: string;
}

export interface ObservedAnswer {
  readonly status: number;
  /** The code of its problem details. */
  readonly code?: string | undefined;
  readonly hasRetryAfter: boolean;
}

/** The number of the "instance" that an end made by hand in Postgres went to. */
export const MANUAL = -1;

/** One request as its client saw it. Instants are milliseconds of the test process's one monotonic clock. */
export interface Operation {
  readonly kind: Kind;
  readonly instance: number;
  readonly startedAt: number;
  /** When the answer had been read, or the client gave up. */
  readonly endedAt: number;
  /** `null`: no answer, the outcome is unknown. */
  readonly answer: ObservedAnswer | null;
  readonly user: string;
  /** Whose token was presented; of a login, the session that it opened, `null` when that was not told. */
  readonly session: string | null;
  /** Of a login: the device of the session. */
  readonly device?: string | undefined;
  /** When the request for the presented access token was sent. */
  readonly tokenRequestedAt?: number | undefined;
  /** Of an end: what it was meant for. */
  readonly scope?: Scope | undefined;
  /** Of a refresh: the refresh token that was presented, and the one that came back. */
  readonly presented?: string | undefined;
  readonly issued?: string | undefined;
  /** Asked after everything was healed. */
  readonly isFinalCheck: boolean;
}

export interface Fault {
  readonly name: string;
  readonly startedAt: number;
  /** When everything that it broke had been put back. */
  readonly endedAt: number;
  /** Instances that did not run, or could not reach Postgres, meanwhile. */
  readonly withoutPostgres: readonly number[];
}

/** How late a timer of the test process was: what a busy machine may do to anybody on it. */
export interface Stall {
  readonly at: number;
  readonly ms: number;
}

export interface SessionRow {
  readonly status: string;
  /** Milliseconds of Postgres's clock between the end and the note that it holds everywhere; `null` without both. */
  readonly confirmedAfterMs: number | null;
}

export interface History {
  readonly operations: readonly Operation[];
  readonly faults: readonly Fault[];
  readonly stalls: readonly Stall[];
  /** Lifetime of an access token. */
  readonly tokenTtlMs: number;
  /** What Postgres session at the very end, by session; `null` when nobody looked. */
  readonly rows: ReadonlyMap<string, SessionRow> | null;
}

/** The request was let through: its session was session to be alive. */
export function isGrant({ kind, answer }: Operation): boolean {
  return kind !== 'login' && answer !== null && answer.status < 300;
}

/** The request was refused because its session has ended. */
export function isRefusedAsEnded({ answer }: Operation): boolean {
  return answer?.status === 401 && answer.code === 'session_revoked';
}

/** Whether the presented access token may have run out: half a minute early, for clocks read at different moments. */
export function mayHaveExpired({ kind, tokenRequestedAt, endedAt }: Operation, tokenTtlMs: number): boolean {
  return kind !== 'refresh' && endedAt - (tokenRequestedAt ?? endedAt) > tokenTtlMs - 30_000;
}
