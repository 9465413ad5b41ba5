import { isDeepStrictEqual } from 'node:util';
import type { SessionSnapshot } from './session-snapshot.js';
import { withSharedTexts } from './shared-texts.js';

/** A session as this very instance holds it, with the uses that it has seen: set in place, never taken from another cache. */
export interface HeldSession extends SessionSnapshot {
  /** The last request that was granted; 0 for none. */
  grantedAt: number;
  /** Who that request came from; `null` for none. */
  seen: SeenClient | null;
  /** The last use that is to be written; `null` for none. */
  use: SessionUse | null;
}

/** A use of a session. Kept with it, so that to note the next one no other table is looked into. */
export interface SessionUse {
  /** Monotonic: what is written is an age, so that only the truth's clock counts. */
  at: number;
  address: string;
  isUnwritten: boolean;
}

export interface SeenClient {
  readonly address: string;
  readonly userAgent: string;
}

/**
 * @param known what this instance has held before: it may know of uses that are not written yet
 */
export function holding(snapshot: SessionSnapshot, known?: HeldSession): HeldSession {
  // Another's word for a use may be a lie.
  const { grantedAt = 0, seen = null, use = null } = known ?? {};
  return { ...withSharedTexts(snapshot), grantedAt, seen, use };
}

/** What changes with every use, and makes no other session of it. */
const TIMES = { readAt: 0, lastSeenAt: 0 };

export function saysTheSame(
  { grantedAt, seen, use, ...known }: HeldSession,
  snapshot: SessionSnapshot,
): boolean {
  return isDeepStrictEqual({ ...known, ...TIMES }, { ...snapshot, ...TIMES });
}
