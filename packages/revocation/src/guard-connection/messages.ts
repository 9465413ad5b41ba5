import type { Revocations } from '../session-store.js';

// The messages of `docs/guard-protocol.md`. Names on the wire are in snake_case.

export const GUARD_SUBPROTOCOL = 'latchkey-guard.v1';
/** The longest message in either direction, in bytes. */
export const MAX_MESSAGE_BYTES = 64 * 1024;
/** Entries in one message. */
export const MAX_ENTRIES = 500;

/** Uses are reported within this time, unless the parent wants them sooner. */
export const USUAL_REPORT_MS = 5_000;

/** Why a connection was closed, as its WebSocket close code. */
export const CLOSE = {
  normal: 1000,
  slow: 4001,
  credentials: 4002,
  protocol: 4003,
  silent: 4006,
} as const;

/** Both ends close the connection when they receive something that no correct implementation sends. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}

/** What a guard must know at once about sessions. */
export interface Ends extends Revocations {
  /** Sessions whose state has changed without ending, such as one that needs a new login. */
  readonly changed: readonly string[];
}

/** The first message of the parent. Durations are in milliseconds. */
export interface Hello {
  readonly type: 'hello';
  readonly instance: string;
  readonly leaseMs: number;
  readonly marginMs: number;
  /** How long an end matters. */
  readonly windowMs: number;
  readonly tokenLifetimeMs: number;
  /** Within which a use has to be reported. */
  readonly reportMs: number;
}

export type ParentMessage =
  | Hello
  | { readonly type: 'snapshot'; readonly ends: Ends; readonly isLast: boolean }
  | { readonly type: 'ends'; readonly seq: number; readonly ends: Ends }
  | { readonly type: 'pong'; readonly n: number; readonly remainingMs: number }
  | { readonly type: 'answers'; readonly answers: readonly Answer[] }
  | { readonly type: 'bye' };

/** `unavailable`: the parent cannot decide at the moment. */
export type AnswerState = 'active' | 'ended' | 'stale' | 'needs_login' | 'unavailable';

/** The decision about one question. */
export interface Answer {
  readonly id: number;
  readonly state: AnswerState;
  /** Why the session ended, if it did. */
  readonly reason?: string;
}

/** What a token says about its session; the parent needs no more to decide. */
export interface GuardSubject {
  readonly userId: string;
  readonly sessionId: string;
  readonly sessionEpoch: number;
  readonly rolesVersion: number;
  readonly generation: number;
}

export interface Question extends GuardSubject {
  readonly id: number;
}

/** The last use of a session at a guard. */
export interface ReportedUse {
  readonly sessionId: string;
  /** Milliseconds before the report was sent. */
  readonly agoMs: number;
  readonly generation: number;
  /** Only if they are new for the session. */
  readonly address?: string;
  readonly userAgent?: string;
}

export type GuardMessage =
  | { readonly type: 'ping'; readonly n: number }
  | { readonly type: 'ack'; readonly seq: number }
  | { readonly type: 'ask'; readonly questions: readonly Question[] }
  | { readonly type: 'use'; readonly uses: readonly ReportedUse[] }
  | { readonly type: 'bye' };
