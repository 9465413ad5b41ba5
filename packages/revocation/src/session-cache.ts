import { setTimeout as pause } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { BatchedRead } from './batched-read.js';
import { type CachedSession, isUnchanged, toCachedSession } from './cached-session.js';
import type { EndedSet } from './ended-set.js';
import { NO_OBSERVER, type Observer } from './observer.js';
import type { SessionSnapshot } from './session-snapshot.js';
import type { SessionStore } from './session-store.js';
import type { SharedCache } from './shared-cache.js';

/**
 * An entry in use is read again, behind the requests that it answers, when it is older than this. Changes are announced;
 * this is for the announcement that was lost.
 */
export const REFRESH_AFTER_MS = 600_000;
/**
 * Such reads are to be noticed by nobody, even where all that is held has grown old at once: so many in one
 * read, since requests wait while its rows are taken in, and a pause before the next.
 */
const REFRESHED_AT_ONCE = 100;
const REFRESH_PAUSE_MS = 100;

/**
 * Reads a session through the tiers: memory, the shared cache, the store. Whether it ended is not asked here:
 * caches are hints, and the ended set, asked before and after, overrules them.
 */
export class SessionCache {
  private readonly memory: LRUCache<string, CachedSession>;
  private readonly fromShared: BatchedRead<CachedSession>;
  private readonly fromStore: BatchedRead<CachedSession>;
  private readonly freshFromStore: BatchedRead<CachedSession>;
  private readonly backgroundRefresh: BatchedRead<CachedSession>;
  /** What changes while each read is in flight: the read may bring what was before. */
  private readonly openReads = new Set<Set<string>>();
  private staleBefore = 0;

  constructor(
    private readonly store: SessionStore,
    private readonly shared: SharedCache | null,
    private readonly set: EndedSet,
    private readonly mayTrustCaches: () => boolean,
    private readonly storeNow: () => number,
    memoryCacheSize: number,
    private readonly observer: Observer = NO_OBSERVER,
  ) {
    this.memory = new LRUCache({ max: memoryCacheSize });
    const known = (id: string) => (this.mayTrustCaches() ? (this.memory.get(id) ?? null) : null);
    this.fromShared = new BatchedRead((ids) => this.readShared(ids), known);
    this.fromStore = new BatchedRead((ids) => this.readStore(ids), known);
    this.freshFromStore = new BatchedRead((ids) => this.readStore(ids));
    this.backgroundRefresh = new BatchedRead((ids) => this.refreshAll(ids), undefined, REFRESHED_AT_ONCE);
  }

  /** The session as the nearest trustworthy tier has it; `null` when there is none. */
  find(sessionId: string): CachedSession | Promise<CachedSession | null> {
    if (!this.mayTrustCaches()) {
      this.observer.distrusted();
      this.observer.lookedUp('store');
      return this.fromStore.load(sessionId);
    }
    const known = this.memory.get(sessionId);
    if (!known) return this.findBeyondMemory(sessionId);
    this.observer.lookedUp('memory');
    if (known.readAt < Math.max(this.storeNow() - REFRESH_AFTER_MS, this.staleBefore))
      this.refresh(sessionId);
    return known;
  }

  /** The session as the store has it now. */
  findFresh(sessionId: string): Promise<CachedSession | null> {
    return this.freshFromStore.load(sessionId);
  }

  inMemory(sessionId: string): CachedSession | undefined {
    return this.memory.get(sessionId);
  }

  /** What memory holds, without counting as a use. */
  peek(sessionId: string): CachedSession | undefined {
    return this.memory.peek(sessionId);
  }

  /** Drops what memory and the shared cache say of sessions that have changed. */
  async invalidate(sessionIds: readonly string[]): Promise<void> {
    this.drop(sessionIds);
    await this.shared?.remove(sessionIds);
  }

  /** Drops what memory says of sessions that have changed. */
  drop(sessionIds: readonly string[]): void {
    for (const sessionId of sessionIds) {
      this.memory.delete(sessionId);
      for (const changed of this.openReads) changed.add(sessionId);
    }
  }

  /** Changes may have been announced that were not heard: all that is held now is read again when it is used. */
  markAllStale(): void {
    this.staleBefore = this.storeNow();
  }

  private refresh(sessionId: string): void {
    // Its turn comes with a later use.
    if (this.backgroundRefresh.size === REFRESHED_AT_ONCE) return;
    this.backgroundRefresh.load(sessionId).catch(() => {
      // The store cannot be reached; how long caches go on without it is bounded elsewhere.
    });
  }

  private async refreshAll(ids: string[]): Promise<Map<string, CachedSession>> {
    try {
      return await this.readStore(ids);
    } finally {
      await pause(REFRESH_PAUSE_MS, undefined, { ref: false });
    }
  }

  private async findBeyondMemory(sessionId: string): Promise<CachedSession | null> {
    const shared = this.shared ? await this.fromShared.load(sessionId) : null;
    this.observer.lookedUp(shared ? 'shared' : 'store');
    return shared ?? this.fromStore.load(sessionId);
  }

  private async readShared(ids: string[]): Promise<Map<string, CachedSession>> {
    const { found, changed } = await this.trackInvalidations(async () => this.shared?.read(ids));
    const now = this.storeNow();
    const held = new Map<string, CachedSession>();
    for (const sessionId of ids) {
      const it = found.get(sessionId);
      // A session of the future would never be idle or too old.
      if (!it || it.createdAt > now || it.lastSeenAt > now || changed.has(sessionId)) continue;
      // An instant in the future would keep an entry from ever being read again.
      held.set(sessionId, this.keep({ ...it, sessionId, readAt: Math.min(it.readAt, now) }));
    }
    return held;
  }

  private async readStore(ids: string[]): Promise<Map<string, CachedSession>> {
    const { found, changed } = await this.trackInvalidations(() => this.store.load(ids));
    const held = new Map<string, CachedSession>();
    const news: SessionSnapshot[] = [];
    for (const sessionId of ids) {
      const it = found.get(sessionId);
      if (!it) continue;
      // With the id as whoever asks has it, from a token: one text in place of two, which is then found without being read.
      const snapshot = { ...it, sessionId };
      if (snapshot.status !== 'active') this.recordEnd(snapshot);
      const isKept = snapshot.status === 'active' && !changed.has(sessionId);
      held.set(sessionId, isKept ? this.keepFresh(snapshot, news) : toCachedSession(snapshot));
    }
    if (news.length > 0) void this.shared?.write(news);
    return held;
  }

  /** Reads, and tells what has changed meanwhile: of that, the read may bring what was before. */
  private async trackInvalidations(read: () => Promise<Map<string, SessionSnapshot> | undefined>) {
    const changed = new Set<string>();
    this.openReads.add(changed);
    try {
      return { found: (await read()) ?? new Map<string, SessionSnapshot>(), changed };
    } finally {
      this.openReads.delete(changed);
    }
  }

  /** @param news what the shared cache is to have is added to it */
  private keepFresh(snapshot: SessionSnapshot, news: SessionSnapshot[]): CachedSession {
    const known = this.peek(snapshot.sessionId);
    const kept = this.keep(snapshot);
    // What the shared cache has is at least as old.
    if (kept !== known || snapshot.readAt - kept.readAt > REFRESH_AFTER_MS) news.push(snapshot);
    kept.readAt = snapshot.readAt;
    kept.lastSeenAt = snapshot.lastSeenAt;
    return kept;
  }

  /** @returns what memory holds from now on: a new entry, or the one before it where the snapshot says nothing new */
  private keep(snapshot: SessionSnapshot): CachedSession {
    const known = this.memory.peek(snapshot.sessionId);
    if (known && isUnchanged(known, snapshot)) return known;
    const held = toCachedSession(snapshot, known);
    this.memory.set(snapshot.sessionId, held);
    return held;
  }

  private recordEnd({ sessionId, status, endedReason }: SessionSnapshot): void {
    this.memory.delete(sessionId);
    this.set.add({ sessions: [{ sessionId, reason: endedReason ?? status }], cutOffs: [] });
  }
}
