import { setTimeout as pause } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { BatchedRead } from './batched-read.js';
import { type HeldSession, holding, saysTheSame } from './cached-session.js';
import type { EndedSet } from './ended-set.js';
import { NOBODY_OBSERVES, type Observer } from './observer.js';
import type { SessionSnapshot } from './session-snapshot.js';
import type { Truth } from './session-store.js';
import type { SecondTier } from './shared-cache.js';

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
 * Reads a session through the tiers: memory, the shared cache, the truth. Whether it ended is not asked here:
 * caches are hints, and the ended set, asked before and after, overrules them.
 */
export class SessionLookup {
  private readonly firstTier: LRUCache<string, HeldSession>;
  private readonly fromSecondTier: BatchedRead<HeldSession>;
  private readonly fromTruth: BatchedRead<HeldSession>;
  private readonly freshFromTruth: BatchedRead<HeldSession>;
  private readonly behindRequests: BatchedRead<HeldSession>;
  /** What changes while each read is in flight: the read may bring what was before. */
  private readonly changedMeanwhile = new Set<Set<string>>();
  private oldBefore = 0;

  constructor(
    private readonly truth: Truth,
    private readonly secondTier: SecondTier | null,
    private readonly set: EndedSet,
    private readonly mayTrustCaches: () => boolean,
    private readonly truthNow: () => number,
    firstTierSize: number,
    private readonly observer: Observer = NOBODY_OBSERVES,
  ) {
    this.firstTier = new LRUCache({ max: firstTierSize });
    const known = (id: string) => (this.mayTrustCaches() ? (this.firstTier.get(id) ?? null) : null);
    this.fromSecondTier = new BatchedRead((ids) => this.readSecondTier(ids), known);
    this.fromTruth = new BatchedRead((ids) => this.readTruth(ids), known);
    this.freshFromTruth = new BatchedRead((ids) => this.readTruth(ids));
    this.behindRequests = new BatchedRead((ids) => this.refreshAll(ids), undefined, REFRESHED_AT_ONCE);
  }

  /** The session as the nearest trustworthy tier has it; `null` when there is none. */
  find(sessionId: string): HeldSession | Promise<HeldSession | null> {
    if (!this.mayTrustCaches()) {
      this.observer.distrusted();
      this.observer.lookedUp('truth');
      return this.fromTruth.load(sessionId);
    }
    const known = this.firstTier.get(sessionId);
    if (!known) return this.findBehindFirstTier(sessionId);
    this.observer.lookedUp('memory');
    if (known.readAt < Math.max(this.truthNow() - REFRESH_AFTER_MS, this.oldBefore)) this.refresh(sessionId);
    return known;
  }

  /** The session as the truth has it now. */
  findFresh(sessionId: string): Promise<HeldSession | null> {
    return this.freshFromTruth.load(sessionId);
  }

  inMemory(sessionId: string): HeldSession | undefined {
    return this.firstTier.get(sessionId);
  }

  /** What memory holds, without counting as a use. */
  peek(sessionId: string): HeldSession | undefined {
    return this.firstTier.peek(sessionId);
  }

  /** Drops what memory and the shared cache say of sessions that have changed. */
  async invalidate(sessionIds: readonly string[]): Promise<void> {
    this.drop(sessionIds);
    await this.secondTier?.remove(sessionIds);
  }

  /** Drops what memory says of sessions that have changed. */
  drop(sessionIds: readonly string[]): void {
    for (const sessionId of sessionIds) {
      this.firstTier.delete(sessionId);
      for (const changed of this.changedMeanwhile) changed.add(sessionId);
    }
  }

  /** Changes may have been announced that were not heard: all that is held now is read again when it is used. */
  growOld(): void {
    this.oldBefore = this.truthNow();
  }

  private refresh(sessionId: string): void {
    // Its turn comes with a later use.
    if (this.behindRequests.size === REFRESHED_AT_ONCE) return;
    this.behindRequests.load(sessionId).catch(() => {
      // The truth cannot be reached; how long caches go on without it is bounded elsewhere.
    });
  }

  private async refreshAll(ids: string[]): Promise<Map<string, HeldSession>> {
    try {
      return await this.readTruth(ids);
    } finally {
      await pause(REFRESH_PAUSE_MS, undefined, { ref: false });
    }
  }

  private async findBehindFirstTier(sessionId: string): Promise<HeldSession | null> {
    const shared = this.secondTier ? await this.fromSecondTier.load(sessionId) : null;
    this.observer.lookedUp(shared ? 'shared' : 'truth');
    return shared ?? this.fromTruth.load(sessionId);
  }

  private async readSecondTier(ids: string[]): Promise<Map<string, HeldSession>> {
    const { found, changed } = await this.listening(async () => this.secondTier?.read(ids));
    const now = this.truthNow();
    const held = new Map<string, HeldSession>();
    for (const sessionId of ids) {
      const it = found.get(sessionId);
      // A session of the future would never be idle or too old.
      if (!it || it.createdAt > now || it.lastSeenAt > now || changed.has(sessionId)) continue;
      // An instant in the future would keep an entry from ever being read again.
      held.set(sessionId, this.keep({ ...it, sessionId, readAt: Math.min(it.readAt, now) }));
    }
    return held;
  }

  private async readTruth(ids: string[]): Promise<Map<string, HeldSession>> {
    const { found, changed } = await this.listening(() => this.truth.load(ids));
    const held = new Map<string, HeldSession>();
    const news: SessionSnapshot[] = [];
    for (const sessionId of ids) {
      const it = found.get(sessionId);
      if (!it) continue;
      // With the id as whoever asks has it, from a token: one text in place of two, which is then found without being read.
      const snapshot = { ...it, sessionId };
      if (snapshot.status !== 'active') this.noteEnd(snapshot);
      const isKept = snapshot.status === 'active' && !changed.has(sessionId);
      held.set(sessionId, isKept ? this.keepFresh(snapshot, news) : holding(snapshot));
    }
    if (news.length > 0) void this.secondTier?.write(news);
    return held;
  }

  /** Reads, and tells what has changed meanwhile: of that, the read may bring what was before. */
  private async listening(read: () => Promise<Map<string, SessionSnapshot> | undefined>) {
    const changed = new Set<string>();
    this.changedMeanwhile.add(changed);
    try {
      return { found: (await read()) ?? new Map<string, SessionSnapshot>(), changed };
    } finally {
      this.changedMeanwhile.delete(changed);
    }
  }

  /** @param news what the shared cache is to have is added to it */
  private keepFresh(snapshot: SessionSnapshot, news: SessionSnapshot[]): HeldSession {
    const known = this.peek(snapshot.sessionId);
    const kept = this.keep(snapshot);
    // What the shared cache has is at least as old.
    if (kept !== known || snapshot.readAt - kept.readAt > REFRESH_AFTER_MS) news.push(snapshot);
    kept.readAt = snapshot.readAt;
    kept.lastSeenAt = snapshot.lastSeenAt;
    return kept;
  }

  /** @returns what memory holds from now on: a new entry, or the one before it where the snapshot says nothing new */
  private keep(snapshot: SessionSnapshot): HeldSession {
    const known = this.firstTier.peek(snapshot.sessionId);
    if (known && saysTheSame(known, snapshot)) return known;
    const held = holding(snapshot, known);
    this.firstTier.set(snapshot.sessionId, held);
    return held;
  }

  private noteEnd({ sessionId, status, endedReason }: SessionSnapshot): void {
    this.firstTier.delete(sessionId);
    this.set.add({ sessions: [{ sessionId, reason: endedReason ?? status }], cutOffs: [] });
  }
}
