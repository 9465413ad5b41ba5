import type { EndedSession, RecentRevocations, TailPosition } from '@latchkey/revocation/session-store';
import { PostgresSessionStore } from '../../../src/sessions/store/postgres-session-store.js';
import { replaceMethod } from './replace-method.js';

const LOOK_BACK_MS = 1_000;

/**
 * Breaks rule 3: the tail looks back by a fixed time, and a time stamp is older than its commit by as much as the
 * transaction lasts. Unconfirmed ends are pushed again too late to help, as they are after a mass of them.
 */
const read = replaceMethod(
  PostgresSessionStore,
  'recentRevocations',
  async function (
    this: PostgresSessionStore,
    windowMs: number,
    from: TailPosition | null,
  ): Promise<RecentRevocations> {
    const page = await read.call(this, windowMs, from);
    if (from === null) return page;
    const isRecent = ({ endedAt = 0 }: EndedSession) => endedAt > page.now - LOOK_BACK_MS;
    return {
      ...page,
      sessions: page.sessions.filter(isRecent),
      overdue: { ...page.overdue, sessions: page.overdue.sessions.filter(isRecent) },
    };
  },
);
