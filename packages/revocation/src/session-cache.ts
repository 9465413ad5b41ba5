import { setTimeout as sleep } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { BatchedRead } from './batched-read.js';
import type { Bus } from './bus.js';
import type { CachedSession, SessionModel, Use } from './cached-session.js';
import type { EndedSet } from './ended-set.js';
import type { Observer } from './observer.js';
import type { SessionSnapshot } from './session-snapshot.js';
import type { SessionStore } from './session-store.js';
import type { SharedCache } from './shared-cache.js';
import type { StoreClock } from './store-clock.js';
import type { Trust } from './trust.js';

/**
 * A cached session in use is read again, in the background, once it is older than this. Changes are announced; this
 * covers an announcement that was lost.
 */
export const REFRESH_AFTER_MS = 600_000;
/**
 * Background reads must not slow requests down, even when every cached session has grown old at once: at most so many
 * sessions in one read, because requests wait while its rows are processed, and a pause before the next read.
 */
const REFRESHED_AT_ONCE = 100;
const REFRESH_PAUSE_MS = 100;
/** Sessions in one command to the shared cache, after a mass of revocations. */
const REMOVED_AT_ONCE = 500;

/** The reason that is given when the store does not have the cut-off that ended a session. */
const LOST_CUT_OFF = 'unspecified';

/** The result of a lookup. `ended` is the reason, and overrules what any cache says. */
export type SessionLookup<S extends SessionSnapshot, U extends Use> =
  | { readonly ended: string; readonly session: null }
  | { readonly ended: null; readonly session: CachedSession<S, U> | null };

export interface SessionCacheParts<S extends SessionSnapshot, U extends Use> {
  readonly store: SessionStore<S>;
  readonly sharedCache: SharedCache<S> | null;
  readonly bus: Pick<Bus, 'announceChange'> | null;
  readonly model: SessionModel<S, U>;
  readonly endedSet: EndedSet;
  readonly trust: Trust;
  readonly storeClock: StoreClock;
  readonly memoryCacheSize: number;
  readonly observer: Observer;
  /** Sessions have changed, and everyone who may have an older state has to hear it. */
  readonly onChanged?: (sessionIds: readonly string[]) => void;
}

/**
 * Reads sessions: from memory, then the shared cache, then the store. Caches are hints, so the ended set is asked in
 * the same tick as the trust in caches, and again after every await.
 */
export class SessionCache<S extends SessionSnapshot, U extends Use> {
  private readonly memory: LRUCache<string, Entry<S, U>>;
  private readonly fromShared: BatchedRead<CachedSession<S, U>>;
  private readonly fromStore: BatchedRead<CachedSession<S, U>>;
  private readonly freshFromStore: BatchedRead<CachedSession<S, U>>;
  private readonly backgroundRefresh: BatchedRead<CachedSession<S, U>>;
  /** For each read in flight, the sessions that have changed since it was sent: it may return their old state. */
  private readonly openReads = new Set<Set<string>>();
  private staleBefore = 0;

  constructor(private readonly parts: SessionCacheParts<S, U>) {
    this.memory = new LRUCache({ max: parts.memoryCacheSize });
    const peek = (id: string) => (parts.trust.mayUseCaches() ? (this.memory.get(id) ?? null) : null);
    this.fromShared = new BatchedRead((ids) => this.readShared(ids), { peek });
    this.fromStore = new BatchedRead((ids) => this.readStore(ids), { peek });
    this.freshFromStore = new BatchedRead((ids) => this.readStore(ids));
    const oneByOne = { maxBatch: REFRESHED_AT_ONCE, maxReads: 1 };
    this.backgroundRefresh = new BatchedRead((ids) => this.refreshAll(ids), oneByOne);
  }

  /** Answers in the same tick when memory has the session and may be trusted. */
  find(sessionId: string): SessionLookup<S, U> | Promise<SessionLookup<S, U>> {
    const { endedSet } = this.parts;
    const ended = endedSet.reasonOf(sessionId);
    if (ended !== undefined) return { ended, session: null };
    const { unlistedCount } = endedSet;
    const found = this.findInLayers(sessionId);
    return found instanceof Promise
      ? found.then((session) => this.settle(sessionId, session, unlistedCount))
      : { ended: null, session: found };
  }

  /** The session as the store has it now. */
  async findFresh(sessionId: string): Promise<SessionLookup<S, U>> {
    const lookup = await this.loadFresh(sessionId);
    if (!lookup.session || !this.isCutOff(lookup.session.snapshot)) return lookup;
    // The cut-off was committed after this read, or the store has lost it.
    const again = await this.loadFresh(sessionId);
    const isLost = again.session !== null && this.isCutOff(again.session.snapshot);
    return isLost ? { ended: LOST_CUT_OFF, session: null } : again;
  }

  /**
   * What memory has of a session, whether it may be trusted or not, unless a cut-off makes that out of date. Counts as a
   * use of the cache entry.
   */
  inMemory(sessionId: string): CachedSession<S, U> | undefined {
    const known = this.memory.get(sessionId);
    return known && this.isCutOff(known.snapshot) ? undefined : known;
  }

  /** What memory has of a session, without counting as a use. */
  peek(sessionId: string): CachedSession<S, U> | undefined {
    return this.memory.peek(sessionId);
  }

  /**
   * Makes every instance forget sessions that have changed; to be called once the change is committed. This is not
   * for revocations, which never depend on it.
   */
  async invalidate(sessionIds: readonly string[]): Promise<void> {
    if (sessionIds.length === 0) return;
    this.drop(sessionIds);
    await this.parts.sharedCache?.remove(sessionIds);
    try {
      await this.parts.bus?.announceChange(sessionIds);
    } catch {
      // The others read their sessions again when they next subscribe, or when the sessions have grown old.
    }
  }

  /** Forgets sessions that have changed, in this process and the guards below it. */
  drop(sessionIds: readonly string[]): void {
    this.parts.onChanged?.(sessionIds);
    for (const sessionId of sessionIds) {
      this.memory.delete(sessionId);
      for (const changed of this.openReads) changed.add(sessionId);
    }
  }

  /** Forgets ended sessions that the ended set does not list. The store is asked about them from now on. */
  forget(sessionIds: readonly string[]): void {
    for (const sessionId of sessionIds) this.memory.delete(sessionId);
  }

  /** Any session may have ended without being listed: each is read from the store again when it is next used. */
  forgetAll(): void {
    this.memory.clear();
  }

  /**
   * Removes sessions that have ended from the shared cache, where they would stay until their time to live has passed. The
   * protocol does not need it: the ended set overrules the cache.
   */
  async removeShared(sessionIds: readonly string[]): Promise<void> {
    for (let at = 0; at < sessionIds.length; at += REMOVED_AT_ONCE)
      await this.parts.sharedCache?.remove(sessionIds.slice(at, at + REMOVED_AT_ONCE));
  }

  /** Announced changes may have been missed: every session cached until now is read again when it is next used. */
  markAllStale(): void {
    this.staleBefore = this.parts.storeClock.now();
  }

  private async loadFresh(sessionId: string): Promise<SessionLookup<S, U>> {
    for (;;) {
      const { unlistedCount } = this.parts.endedSet;
      const session = await this.freshFromStore.load(sessionId);
      if (unlistedCount === this.parts.endedSet.unlistedCount) return this.unlessEnded(sessionId, session);
      // Sessions have ended since, perhaps this one, and the ended set does not list them.
    }
  }

  /**
   * A cut-off exempts some sessions, whose epoch it raises. So a snapshot that is older than the cut-off does not show
   * that the session is over, only that the store must be asked. So does one that was read before unlisted ends.
   *
   * @param unlistedCount that of the ended set when the lookup began
   */
  private settle(
    sessionId: string,
    session: CachedSession<S, U> | null,
    unlistedCount: number,
  ): SessionLookup<S, U> | Promise<SessionLookup<S, U>> {
    const lookup = this.unlessEnded(sessionId, session);
    if (!lookup.session) return lookup;
    const isUncertain =
      unlistedCount !== this.parts.endedSet.unlistedCount || this.isCutOff(lookup.session.snapshot);
    return isUncertain ? this.findFresh(sessionId) : lookup;
  }

  private isCutOff({ userId, sessionEpoch }: S): boolean {
    return sessionEpoch < this.parts.endedSet.cutOffOf(userId).sessionEpoch;
  }

  private unlessEnded(sessionId: string, session: CachedSession<S, U> | null): SessionLookup<S, U> {
    const ended = this.parts.endedSet.reasonOf(sessionId);
    return ended === undefined ? { ended: null, session } : { ended, session: null };
  }

  private findInLayers(sessionId: string): CachedSession<S, U> | Promise<CachedSession<S, U> | null> {
    const { trust, observer } = this.parts;
    if (!trust.mayUseCaches()) {
      observer.distrusted();
      observer.lookedUp('store');
      return this.fromStore.load(sessionId);
    }
    const known = this.memory.get(sessionId);
    if (!known) return this.findBeyondMemory(sessionId);
    if (this.isCutOff(known.snapshot)) {
      observer.lookedUp('store');
      return this.freshFromStore.load(sessionId);
    }
    observer.lookedUp('memory');
    if (this.isStale(known.snapshot)) this.refresh(sessionId);
    return known;
  }

  private isStale({ readAt }: S): boolean {
    return readAt < this.staleBefore || readAt < this.parts.storeClock.now() - REFRESH_AFTER_MS;
  }

  private refresh(sessionId: string): void {
    // A later use of the session asks again.
    if (this.backgroundRefresh.size === REFRESHED_AT_ONCE) return;
    this.backgroundRefresh.load(sessionId).catch(() => {
      // The store cannot be reached. How long caches may be used without it is limited by `Trust`.
    });
  }

  private async refreshAll(ids: string[]): Promise<Map<string, CachedSession<S, U>>> {
    try {
      return await this.readStore(ids);
    } finally {
      await sleep(REFRESH_PAUSE_MS, undefined, { ref: false });
    }
  }

  private async findBeyondMemory(sessionId: string): Promise<CachedSession<S, U> | null> {
    const { sharedCache, endedSet } = this.parts;
    // What the ended set does not list, it cannot overrule.
    const shared = sharedCache && !endedSet.hasUnlisted ? await this.fromShared.load(sessionId) : null;
    this.parts.observer.lookedUp(shared ? 'shared' : 'store');
    return shared ?? this.fromStore.load(sessionId);
  }

  private async readShared(ids: string[]): Promise<Map<string, CachedSession<S, U>>> {
    const { found, changed } = await this.trackChanges(async () => this.parts.sharedCache?.read(ids));
    if (this.parts.endedSet.hasUnlisted) return new Map();
    const now = this.parts.storeClock.now();
    const sessions = new Map<string, CachedSession<S, U>>();
    for (const sessionId of ids) {
      const read = found.get(sessionId);
      // A session from the future would never be idle or too old.
      if (!read || read.createdAt > now || read.lastSeenAt > now || changed.has(sessionId)) continue;
      // One that was read in the future would never be read again.
      sessions.set(sessionId, this.keep(sessionId, read.readAt > now ? { ...read, readAt: now } : read));
    }
    return sessions;
  }

  private keep(sessionId: string, read: S): CachedSession<S, U> {
    const known = this.memory.peek(sessionId);
    // The store may have been read in the meantime.
    if (known && known.snapshot.readAt >= read.readAt) return known;
    return this.put(sessionId, known, this.parts.model.compact(read, sessionId));
  }

  private async readStore(ids: string[]): Promise<Map<string, CachedSession<S, U>>> {
    const { unlistedCount } = this.parts.endedSet;
    const { found, changed } = await this.trackChanges(() => this.parts.store.load(ids));
    const isCurrent = unlistedCount === this.parts.endedSet.unlistedCount;
    const sessions = new Map<string, CachedSession<S, U>>();
    const news: S[] = [];
    for (const sessionId of ids) {
      const read = found.get(sessionId);
      if (!read) continue;
      const snapshot = this.parts.model.compact(read, sessionId);
      if (snapshot.status !== 'active') this.addEnded(snapshot);
      const isKept = isCurrent && snapshot.status === 'active' && !changed.has(sessionId);
      sessions.set(sessionId, isKept ? this.keepFresh(snapshot, news) : this.newEntry(snapshot));
    }
    if (news.length > 0) void this.share(news);
    return sessions;
  }

  /** A session may have ended since it was read, and been removed before this write. */
  private async share(news: readonly S[]): Promise<void> {
    await this.parts.sharedCache?.write(news);
    const ids = news.map(({ sessionId }) => sessionId);
    await this.removeShared(ids.filter((id) => this.parts.endedSet.reasonOf(id) !== undefined));
  }

  /** Reads, and returns which sessions changed during the read: their old state may have been read. */
  private async trackChanges(read: () => Promise<Map<string, S> | undefined>) {
    const changed = new Set<string>();
    this.openReads.add(changed);
    try {
      return { found: (await read()) ?? new Map<string, S>(), changed };
    } finally {
      this.openReads.delete(changed);
    }
  }

  /** @param news receives the snapshot if the shared cache should have it */
  private keepFresh(snapshot: S, news: S[]): CachedSession<S, U> {
    const known = this.memory.peek(snapshot.sessionId);
    const isNews =
      !known ||
      snapshot.readAt - known.snapshot.readAt > REFRESH_AFTER_MS ||
      !this.parts.model.isUnchanged(known.snapshot, snapshot);
    if (isNews) news.push(snapshot);
    return this.put(snapshot.sessionId, known, snapshot);
  }

  private put(sessionId: string, known: Entry<S, U> | undefined, snapshot: S): CachedSession<S, U> {
    if (known) {
      known.snapshot = snapshot;
      return known;
    }
    const entry = this.newEntry(snapshot);
    this.memory.set(sessionId, entry);
    return entry;
  }

  private newEntry(snapshot: S): Entry<S, U> {
    return { snapshot, use: this.parts.model.newUse() };
  }

  private addEnded({ sessionId, status, endedReason }: S): void {
    this.memory.delete(sessionId);
    this.parts.endedSet.add({ sessions: [{ sessionId, reason: endedReason ?? status }], cutOffs: [] });
    void this.removeShared([sessionId]);
  }
}

/** The cache is the only one to replace the snapshot. */
interface Entry<S, U> {
  snapshot: S;
  readonly use: U;
}
