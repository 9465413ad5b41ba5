import { isDeepStrictEqual } from 'node:util';
import type { CachedSession as Cached, SessionModel } from '@latchkey/revocation/cached-session';
import { SessionUse } from '../check/session-use.js';
import type { SessionSnapshot } from './session-snapshot.js';
import { sharedText, sharedTexts } from './shared-texts.js';

/** A session in memory: what Postgres says about it, and how this instance has seen it used. */
export type CachedSession = Cached<SessionSnapshot, SessionUse>;

/** How sessions are cached: small, and with one hidden class (ADR 21). */
export const SESSION_MODEL: SessionModel<SessionSnapshot, SessionUse> = {
  compact,
  isUnchanged,
  newUse: () => new SessionUse(),
};

/**
 * Written field by field: V8 gives each object that begins with a spread and has more fields after it a hidden class of
 * its own, which takes more memory than the object and makes every read of a field a search.
 */
function compact(read: SessionSnapshot, sessionId: string): SessionSnapshot {
  const { profile } = read;
  return {
    sessionId,
    userId: read.userId,
    sessionEpoch: read.sessionEpoch,
    deviceId: read.deviceId,
    status: sharedText(read.status),
    endedReason: read.endedReason,
    createdAt: read.createdAt,
    rolesVersion: read.rolesVersion,
    profile: {
      email: profile.email,
      emailVerified: profile.emailVerified,
      deviceName: sharedText(profile.deviceName),
      deviceKind: sharedText(profile.deviceKind),
      browser: profile.browser && sharedText(profile.browser),
      system: profile.system && sharedText(profile.system),
    },
    readAt: read.readAt,
    lastSeenAt: read.lastSeenAt,
    activeAt: read.activeAt,
    address: read.address,
    countries: sharedTexts(read.countries),
    clients: sharedTexts(read.clients),
    needsLogin: read.needsLogin,
  };
}

/** These change with every use and every read. */
const TIMES = { readAt: 0, lastSeenAt: 0, activeAt: 0 };

function isUnchanged(known: SessionSnapshot, read: SessionSnapshot): boolean {
  return isDeepStrictEqual({ ...known, ...TIMES }, { ...read, ...TIMES });
}
