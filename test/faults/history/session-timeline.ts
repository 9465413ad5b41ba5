import { type History, isRefusedAsEnded, type Operation, type Scope } from './history.js';

/** A request whose client has given up may still be carried out by a server that was stopped: the longest fault, and more. */
const LATE_MS = 60_000;
/** These did nothing: the guard comes first. */
const WITHOUT_EFFECT = new Set([400, 401, 403, 404, 429]);

/** Everything that happened to one session, and what follows from it about its end. */
export interface SessionTimeline {
  readonly session: string;
  readonly user: string;
  readonly login: Operation;
  /** Requests with its tokens, in the order in which they started. */
  readonly operations: Operation[];
  /** Ends that were, or may have been, meant for it. */
  readonly revokes: Operation[];
  /** From this instant on it may have been ended; `Infinity`: nobody has tried. */
  revocableFrom: number;
  /** When it was first known to a client that its end is committed. */
  committedAt: number;
  /** When an end of it was first acknowledged, by 202 or 204. */
  acknowledgedAt: number;
  /** When it was first acknowledged that the end holds everywhere, by 204. */
  confirmedAt: number;
}

/** Tells the timeline of every session whose login was answered. */
export function sessionTimelines({ operations }: History): Map<string, SessionTimeline> {
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
  for (const timeline of timelines.values()) {
    timeline.operations.sort((a, b) => a.startedAt - b.startedAt);
    for (const refused of timeline.operations.filter(isRefusedAsEnded)) {
      timeline.committedAt = Math.min(timeline.committedAt, refused.endedAt);
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
  // A session that was opened after the end was over is not one of them.
  if (login.startedAt > revoke.endedAt + (isDone ? 0 : LATE_MS)) return;
  timeline.revokes.push(revoke);
  timeline.revocableFrom = Math.min(timeline.revocableFrom, revoke.startedAt);
  // A login in flight may have come after it.
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
