import { type History, isRefusedAsEnded, type Operation, type Scope, type Stream } from './history.js';
import { reusesOf } from './refresh-uses.js';

/** A paused server may execute a request after its client gave up: the longest fault plus a margin. */
const LATE_MS = 60_000;
/** Requests with these statuses had no effect: the guard rejected them. */
const WITHOUT_EFFECT = new Set([400, 401, 403, 404, 429]);

/** Everything that happened to one session, and what that implies about its revocation. */
export interface SessionTimeline {
  readonly session: string;
  readonly user: string;
  readonly login: Operation;
  /** Requests with its tokens, ordered by start time. */
  readonly operations: Operation[];
  /** Streams that were opened with its tokens. */
  readonly streams: Stream[];
  /** Revokes that targeted it, or may have. */
  readonly revokes: Operation[];
  /** From this time on it may be revoked; `Infinity` if no revoke targeted it. */
  revocableFrom: number;
  /** When a client first knew that its revocation was committed. */
  committedAt: number;
  /** When a revoke was first acknowledged with 202 or 204. */
  acknowledgedAt: number;
  /** When a revoke was first confirmed on every instance, with 204. */
  confirmedAt: number;
}

/** Builds the timeline of every session whose login response was received. */
export function sessionTimelines({ operations, streams, graceMs }: History): Map<string, SessionTimeline> {
  const timelines = new Map<string, SessionTimeline>();
  const byUser = new Map<string, SessionTimeline[]>();
  for (const login of operations) {
    if (login.kind !== 'login' || login.session === null) continue;
    const timeline = newTimeline(login.session, login);
    timelines.set(login.session, timeline);
    const others = byUser.get(login.user);
    if (others) others.push(timeline);
    else byUser.set(login.user, [timeline]);
  }
  for (const operation of operations) {
    if (operation.kind !== 'login' && operation.session !== null) {
      timelines.get(operation.session)?.operations.push(operation);
    }
    if (operation.scope === undefined) continue;
    for (const timeline of byUser.get(operation.user) ?? []) noteRevoke(timeline, operation, operation.scope);
  }
  for (const stream of streams) timelines.get(stream.session)?.streams.push(stream);
  for (const timeline of timelines.values()) {
    timeline.operations.sort((a, b) => a.startedAt - b.startedAt);
    for (const refused of timeline.operations.filter(isRefusedAsEnded)) {
      timeline.committedAt = Math.min(timeline.committedAt, refused.endedAt);
    }
    for (const { startedAt } of reusesOf(timeline.operations, graceMs)) {
      timeline.revocableFrom = Math.min(timeline.revocableFrom, startedAt);
    }
  }
  return timelines;
}

function newTimeline(session: string, login: Operation): SessionTimeline {
  return {
    session,
    user: login.user,
    login,
    operations: [],
    streams: [],
    revokes: [],
    revocableFrom: Number.POSITIVE_INFINITY,
    committedAt: Number.POSITIVE_INFINITY,
    acknowledgedAt: Number.POSITIVE_INFINITY,
    confirmedAt: Number.POSITIVE_INFINITY,
  };
}

function noteRevoke(timeline: SessionTimeline, revoke: Operation, scope: Scope): void {
  const { login } = timeline;
  const status = revoke.answer?.status ?? null;
  if (status !== null && WITHOUT_EFFECT.has(status)) return;
  if (!isInScope(scope, timeline)) return;
  const isDone = status !== null && status < 300;
  // A session that was opened after the revoke had completed is not affected.
  if (login.startedAt > revoke.endedAt + (isDone ? 0 : LATE_MS)) return;
  timeline.revokes.push(revoke);
  timeline.revocableFrom = Math.min(timeline.revocableFrom, revoke.startedAt);
  // A login that was in flight may have been processed after the revoke.
  if (!isDone || login.endedAt > revoke.startedAt) return;
  timeline.committedAt = Math.min(timeline.committedAt, revoke.endedAt);
  timeline.acknowledgedAt = Math.min(timeline.acknowledgedAt, revoke.endedAt);
  if (status === 204) timeline.confirmedAt = Math.min(timeline.confirmedAt, revoke.endedAt);
}

function isInScope({ session, device, exceptDevice }: Scope, { login }: SessionTimeline): boolean {
  return (
    (session === undefined || session === login.session) &&
    (device === undefined || device === login.device) &&
    (exceptDevice === undefined || exceptDevice !== login.device)
  );
}
