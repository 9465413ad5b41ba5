import type { SessionSnapshot } from '../../src/sessions/store/session-snapshot.js';

/** An active session on a TV. */
export function activeSnapshot(sessionId: string): SessionSnapshot {
  return {
    sessionId,
    userId: 'user',
    sessionEpoch: 0,
    deviceId: 'device',
    status: 'active',
    endedReason: null,
    createdAt: 0,
    rolesVersion: 0,
    address: null,
    countries: [],
    clients: [],
    needsLogin: false,
    lastSeenAt: 0,
    activeAt: 0,
    readAt: 0,
    profile: {
      email: 'a@b.c',
      emailVerified: false,
      deviceName: 'TV',
      deviceKind: 'tv',
      browser: null,
      system: null,
    },
  };
}
