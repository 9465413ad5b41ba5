import type { RecentRevocations, SessionStore, TailPosition } from '../src/session-store.js';

/** Reads every page. @returns the pages as one; `overdue` is that of the first page, the only one that has it */
export async function readTail(
  store: Pick<SessionStore, 'recentRevocations'>,
  windowMs: number,
  from: TailPosition | null = null,
): Promise<RecentRevocations> {
  const first = await store.recentRevocations(windowMs, from);
  const sessions = [...first.sessions];
  const cutOffs = [...first.cutOffs];
  let last = first;
  while (last.next) {
    last = await store.recentRevocations(windowMs, last.next);
    sessions.push(...last.sessions);
    cutOffs.push(...last.cutOffs);
  }
  return { ...last, sessions, cutOffs, overdue: first.overdue };
}
