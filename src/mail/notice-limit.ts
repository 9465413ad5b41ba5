import type { MailableEvent } from '../policy/mailed-events.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const WINDOW_MS = 24 * HOUR_MS;
/** Notices of all kinds in a window. The first of each kind is mailed even then, so that one kind cannot hide another. */
const MAILED_IN_WINDOW = 10;
/** Long enough to collect the rest of a burst. */
const FIRST_DIGEST_AFTER_MS = MINUTE_MS;
const DIGEST_INTERVAL_MS = 6 * HOUR_MS;

/** The notices that were mailed to one account lately. */
export interface NoticeHistory {
  readonly windowStartedAt: Date;
  /** Their kinds, one for each mail of this window. */
  readonly mailed: readonly string[];
  /** When the last digest was due. */
  readonly digestDueAt: Date | null;
}

export interface NoticeDecision {
  /** Whether the notice gets a mail of its own; otherwise the digest counts it. */
  readonly isMailed: boolean;
  /** The history with this notice. If it goes into the digest, `digestDueAt` is set. */
  readonly history: NoticeHistory;
}

/** Decides how a notice reaches its user: many mails in a day would be noise, and would hide the ones that matter. */
export function decideNotice(history: NoticeHistory, kind: MailableEvent, now: Date): NoticeDecision {
  const isOver = now.getTime() - history.windowStartedAt.getTime() >= WINDOW_MS;
  const windowStartedAt = isOver ? now : history.windowStartedAt;
  const mailed = isOver ? [] : history.mailed;
  if (mailed.length < MAILED_IN_WINDOW || !mailed.includes(kind)) {
    return { isMailed: true, history: { ...history, windowStartedAt, mailed: [...mailed, kind] } };
  }
  const earliest = now.getTime() + FIRST_DIGEST_AFTER_MS;
  const lastDueAt = history.digestDueAt?.getTime() ?? 0;
  // Until the last digest is due, it can still count this notice.
  const dueAt = lastDueAt > now.getTime() ? lastDueAt : Math.max(earliest, lastDueAt + DIGEST_INTERVAL_MS);
  return { isMailed: false, history: { windowStartedAt, mailed, digestDueAt: new Date(dueAt) } };
}
