import type { CachedSession, SessionModel, Use } from '../src/cached-session.js';
import type { SessionSnapshot } from '../src/session-snapshot.js';

/** The smallest session that a service could cache, with one fact that may change. */
export interface TestSnapshot extends SessionSnapshot {
  readonly name: string;
}

export class TestUse implements Use {
  grantedAt = 0;
}

export type TestSession = CachedSession<TestSnapshot, TestUse>;

export const TEST_MODEL: SessionModel<TestSnapshot, TestUse> = {
  compact: (read, sessionId) => ({ ...read, sessionId }),
  isUnchanged: (known, read) => known.name === read.name && known.status === read.status,
  newUse: () => new TestUse(),
};

export function activeSnapshot(sessionId: string): TestSnapshot {
  return {
    sessionId,
    userId: 'user',
    sessionEpoch: 0,
    status: 'active',
    endedReason: null,
    createdAt: 0,
    lastSeenAt: 0,
    readAt: 0,
    name: 'TV',
  };
}
