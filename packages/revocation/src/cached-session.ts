import { isDeepStrictEqual } from 'node:util';
import type { SessionSnapshot } from './session-snapshot.js';
import { sharedText, sharedTexts } from './shared-texts.js';

/** A session as this very instance holds it, with the uses that it has seen: set in place, never taken from another cache. */
export interface CachedSession extends SessionSnapshot {
  /** The last request that was granted; 0 for none. */
  grantedAt: number;
  /** Who that request came from; `null` for none. */
  seen: SeenClient | null;
  /** The last use that is to be written; `null` for none. */
  use: PendingUse | null;
}

/** A use of a session. Kept with it, so that to note the next one no other table is looked into. */
export interface PendingUse {
  /** Monotonic: what is written is an age, so that only the store's clock counts. */
  at: number;
  address: string;
  isUnwritten: boolean;
}

export interface SeenClient {
  readonly address: string;
  readonly userAgent: string;
}

/**
 * Field by field: V8 gives each object that begins with a spread and goes on with more fields a hidden class of its own,
 * which takes more memory than the object and makes every read of a field a search.
 *
 * @param known what this instance has held before: it may know of uses that are not written yet
 */
export function toCachedSession(snapshot: SessionSnapshot, known?: CachedSession): CachedSession {
  const { profile } = snapshot;
  return {
    sessionId: snapshot.sessionId,
    userId: snapshot.userId,
    deviceId: snapshot.deviceId,
    status: sharedText(snapshot.status),
    endedReason: snapshot.endedReason,
    createdAt: snapshot.createdAt,
    rolesVersion: snapshot.rolesVersion,
    profile: {
      email: profile.email,
      emailVerified: profile.emailVerified ?? false,
      deviceName: sharedText(profile.deviceName),
      deviceKind: sharedText(profile.deviceKind),
      browser: profile.browser && sharedText(profile.browser),
      system: profile.system && sharedText(profile.system),
    },
    readAt: snapshot.readAt,
    lastSeenAt: snapshot.lastSeenAt,
    address: snapshot.address,
    countries: sharedTexts(snapshot.countries),
    clients: sharedTexts(snapshot.clients),
    needsLogin: snapshot.needsLogin,
    // Another's word for a use may be a lie.
    grantedAt: known?.grantedAt ?? 0,
    seen: known?.seen ?? null,
    use: known?.use ?? null,
  };
}

/** What changes with every use, and makes no other session of it. */
const TIMES = { readAt: 0, lastSeenAt: 0 };

export function isUnchanged(
  { grantedAt, seen, use, ...known }: CachedSession,
  snapshot: SessionSnapshot,
): boolean {
  return isDeepStrictEqual({ ...known, ...TIMES }, { ...snapshot, ...TIMES });
}
