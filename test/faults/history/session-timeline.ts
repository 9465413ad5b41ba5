import { type History, isRefusedAsEnded, type Operation, type Scope } from './history.js';

/** A request whose client has given up may still be carried out by a server that was stopped: the longest fault, and more. */
const LATE_MS = 60_000;
/** These did nothing: the guard comes first. */
const WITHOUT_EFFECT = new Set([400, 401, 403, 404, 429]);

/** Everything that happened to one session, and what follows from it about its end. */
export interface SessionStory {
  readonly session: string;
  readonly user: string;
  readonly login: Operation;
  /** Requests with its tokens, in the order in which they started. */
  readonly operations: Operation[];
  /** Ends that were, or may have been, meant for it. */
  readonly ends: Operation[];
  /** From this instant on it may have been ended; `Infinity`: nobody has tried. */
  endableFrom: number;
  /** When it was first known to a client that its end is committed. */
  committedAt: number;
  /** When an end of it was first acknowledged, by 202 or 204. */
  acknowledgedAt: number;
  /** When it was first acknowledged that the end holds everywhere, by 204. */
  confirmedAt: number;
}

/** Tells the story of every session whose login was answered. */
export function sessionStories({ operations }: History): Map<string, SessionStory> {
  const stories = new Map<string, SessionStory>();
  const ofUser = new Map<string, SessionStory[]>();
  for (const login of operations) {
    if (login.kind !== 'login' || login.session === null) continue;
    const story = newStory(login.session, login);
    stories.set(login.session, story);
    const others = ofUser.get(login.user);
    if (others) others.push(story);
    else ofUser.set(login.user, [story]);
  }
  for (const operation of operations) {
    if (operation.kind !== 'login' && operation.session !== null) {
      stories.get(operation.session)?.operations.push(operation);
    }
    if (operation.scope === undefined) continue;
    for (const story of ofUser.get(operation.user) ?? []) noteEnd(story, operation, operation.scope);
  }
  for (const story of stories.values()) {
    story.operations.sort((a, b) => a.startedAt - b.startedAt);
    for (const refused of story.operations.filter(isRefusedAsEnded)) {
      story.committedAt = Math.min(story.committedAt, refused.endedAt);
    }
  }
  return stories;
}

function newStory(session: string, login: Operation): SessionStory {
  return {
    session,
    user: login.user,
    login,
    operations: [],
    ends: [],
    endableFrom: Number.POSITIVE_INFINITY,
    committedAt: Number.POSITIVE_INFINITY,
    acknowledgedAt: Number.POSITIVE_INFINITY,
    confirmedAt: Number.POSITIVE_INFINITY,
  };
}

function noteEnd(story: SessionStory, end: Operation, scope: Scope): void {
  const { login } = story;
  const status = end.answer?.status ?? null;
  if (status !== null && WITHOUT_EFFECT.has(status)) return;
  if (!isMeantFor(scope, story)) return;
  const isDone = status !== null && status < 300;
  // A session that was opened after the end was over is not one of them.
  if (login.startedAt > end.endedAt + (isDone ? 0 : LATE_MS)) return;
  story.ends.push(end);
  story.endableFrom = Math.min(story.endableFrom, end.startedAt);
  // A login in flight may have come after it.
  if (!isDone || login.endedAt > end.startedAt) return;
  story.committedAt = Math.min(story.committedAt, end.endedAt);
  story.acknowledgedAt = Math.min(story.acknowledgedAt, end.endedAt);
  if (status === 204) story.confirmedAt = Math.min(story.confirmedAt, end.endedAt);
}

function isMeantFor({ session, device, exceptDevice }: Scope, { login }: SessionStory): boolean {
  return (
    (session === undefined || session === login.session) &&
    (device === undefined || device === login.device) &&
    (exceptDevice === undefined || exceptDevice !== login.device)
  );
}
