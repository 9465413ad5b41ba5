import type { Bus } from './bus.js';
import type { CachedSession } from './cached-session.js';
import type { Clock } from './clock.js';
import { EndedSet } from './ended-set.js';
import { Enforcer } from './enforcer.js';
import { Lease } from './lease.js';
import { LostRevocations } from './lost-revocations.js';
import { Membership } from './membership.js';
import { NO_OBSERVER, type Observer } from './observer.js';
import { Push } from './push.js';
import { SessionCache } from './session-cache.js';
import type { Revocations, SessionStore } from './session-store.js';
import type { SharedCache } from './shared-cache.js';
import { Tail } from './tail.js';

/** How far the clocks of instances may be apart: a token may outlive its ended session by that much. */
const CLOCK_SKEW_MS = 600_000;
/** Until the store can be read again after a new subscription. */
const RETRY_MS = 250;

export interface RevocationOptions {
  readonly store: SessionStore;
  /** `null`: there is no other instance. */
  readonly bus: Bus | null;
  readonly sharedCache: SharedCache | null;
  readonly clock: Clock;
  readonly observer?: Observer;
  /** Lifetime of an access token. */
  readonly tokenTtlMs: number;
  readonly leaseMs: number;
  readonly leaseMarginMs: number;
  /** How long caches may be trusted while the store cannot be reached. */
  readonly maxStalenessMs: number;
  readonly memoryCacheSize: number;
  readonly endedSetSize: number;
}

/** The answer to "what of this session?". `ended` overrules whatever a cache says. */
export type SessionLookup =
  | { readonly ended: string; readonly snapshot: null }
  | { readonly ended: null; readonly snapshot: CachedSession | null };

/**
 * The revocation protocol. All that has to be right is this: an instance that trusts its caches has every end
 * in its ended set. ARCHITECTURE.md tells the rules; each has a file of its own here.
 */
export class Revocation {
  private readonly set: EndedSet;
  private readonly lease: Lease;
  private readonly tail: Tail;
  private readonly lookup: SessionCache;
  private readonly membership: Membership | null = null;
  private readonly push: Push | null = null;
  private readonly enforcement: Enforcer;
  private readonly windowMs: number;
  private readonly observer: Observer;
  private subscription = 0;
  private isStopped = false;
  private generationTimer: NodeJS.Timeout | undefined;

  constructor(private readonly options: RevocationOptions) {
    const { store, bus, sharedCache, clock, leaseMs } = options;
    this.windowMs = options.tokenTtlMs + CLOCK_SKEW_MS;
    this.observer = options.observer ?? NO_OBSERVER;
    this.set = new EndedSet(options.endedSetSize);
    this.lease = new Lease(clock, leaseMs, options.leaseMarginMs);
    const lostEnds = new LostRevocations(store, this.set);
    this.tail = new Tail(
      store,
      (ends) => this.learn(ends),
      clock,
      this.windowMs,
      (ends) => void this.enforcement.repeat(ends),
      (server) => void lostEnds.restore(server),
    );
    this.lookup = new SessionCache(
      store,
      sharedCache,
      this.set,
      () => this.mayTrustCaches(),
      () => this.now(),
      options.memoryCacheSize,
      this.observer,
    );
    if (bus) {
      this.membership = new Membership(bus, this.lease, clock);
      this.push = new Push(bus, this.membership, clock, leaseMs, this.observer);
    }
    this.enforcement = new Enforcer(store, this.push, clock, this.observer);
  }

  /** Reads the recent ends, then joins the others. @throws when the store cannot be reached */
  async start(): Promise<void> {
    await this.tail.readAll();
    this.tail.follow();
    this.generationTimer = setInterval(() => this.set.forgetOldest(), this.windowMs);
    this.generationTimer.unref();
    this.options.bus?.start({
      subscribed: () => void this.subscribed(),
      lost: () => this.lost(),
      heartbeat: (sequence) => this.membership?.heard(sequence),
      push: (from, pushId, ends) => this.pushed(from, pushId, ends),
      acknowledgement: (from, pushId) => this.push?.acknowledged(from, pushId),
      changed: (sessionIds) => this.lookup.drop(sessionIds),
      question: (replyTo, sessionId) => this.answer(replyTo, sessionId),
    });
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    clearInterval(this.generationTimer);
    this.tail.stop();
    this.lost();
    await this.options.bus?.stop();
  }

  /** Finds a session; answers in this tick when memory holds it and may be trusted. */
  find(sessionId: string): SessionLookup | Promise<SessionLookup> {
    const ended = this.set.reasonOf(sessionId);
    if (ended !== undefined) return { ended, snapshot: null };
    const found = this.lookup.find(sessionId);
    return found instanceof Promise
      ? found.then((snapshot) => this.finding(sessionId, snapshot))
      : { ended: null, snapshot: found };
  }

  /** What memory holds of a session, trusted or not, kept there for longer by being asked for. */
  inMemory(sessionId: string): CachedSession | undefined {
    return this.lookup.inMemory(sessionId);
  }

  /** Finds a session as the store has it now. */
  async findFresh(sessionId: string): Promise<SessionLookup> {
    return this.finding(sessionId, await this.lookup.findFresh(sessionId));
  }

  /** Drops what every instance has cached of sessions that have changed, once that is committed. No end depends on it. */
  async invalidate(sessionIds: readonly string[]): Promise<void> {
    if (sessionIds.length === 0) return;
    await this.lookup.invalidate(sessionIds);
    try {
      await this.options.bus?.announceChange(sessionIds);
    } catch {
      // The others read what they hold again when they meet Redis again, or when it has grown old.
    }
  }

  /** Why the session has ended, as far as is known here; `undefined` says nothing. */
  reasonOfEnd(sessionId: string): string | undefined {
    return this.set.reasonOf(sessionId);
  }

  /** The smallest roles version that a token of this user must carry, as far as is known here. */
  cutOffOf(userId: string): number {
    return this.set.cutOffOf(userId);
  }

  /** The store's clock, epoch milliseconds. */
  now(): number {
    return this.tail.storeNow();
  }

  /**
   * Makes committed ends hold everywhere.
   *
   * @returns whether no instance grants them any longer; `false` when that could not be confirmed in time
   */
  enforce(ends: Revocations): Promise<boolean> {
    this.learn(ends);
    return this.enforcement.enforce(ends);
  }

  /** What operators see: whether caches are trusted, and why not. */
  status() {
    return {
      trustsCaches: this.mayTrustCaches(),
      leaseLive: this.push === null || this.lease.isLive(),
      tailAgeMs: this.options.clock.monotonic() - this.tail.lastGoodAt,
      endedSetSize: this.set.size,
    };
  }

  private mayTrustCaches(): boolean {
    return (
      !this.isStopped &&
      (this.push === null || this.lease.isLive()) &&
      this.options.clock.monotonic() - this.tail.lastGoodAt <= this.options.maxStalenessMs &&
      !this.set.isOverflowing
    );
  }

  /** Asked again after every await before a grant. */
  private finding(sessionId: string, snapshot: CachedSession | null): SessionLookup {
    const ended = this.set.reasonOf(sessionId);
    return ended === undefined ? { ended: null, snapshot } : { ended, snapshot: null };
  }

  /** Tail before trust: what was published before this subscription is only in the store. */
  private async subscribed(): Promise<void> {
    this.subscription += 1;
    const subscription = this.subscription;
    this.lookup.markAllStale();
    while (subscription === this.subscription) {
      try {
        await this.tail.readAll();
        if (subscription === this.subscription) this.membership?.join();
        return;
      } catch {
        // No lease without the ends of before: Postgres is asked for every check until it answers.
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS).unref());
      }
    }
  }

  private lost(): void {
    this.subscription += 1;
    this.membership?.leave();
  }

  private pushed(from: string, pushId: string, ends: Revocations): void {
    this.learn(ends);
    if (from === this.options.bus?.instanceId) return;
    this.options.bus?.acknowledge(from, pushId).catch(() => {
      // The revoker waits for this instance's lease to run out instead.
    });
  }

  private answer(replyTo: string, sessionId: string): void {
    const { bus } = this.options;
    const known = this.lookup.peek(sessionId);
    bus
      ?.answer(replyTo, {
        instanceId: bus.instanceId,
        inMemory: known !== undefined,
        lastGrantedAt: known?.grantedAt || null,
        endedReason: this.set.reasonOf(sessionId) ?? null,
        trustsCaches: this.mayTrustCaches(),
      })
      .catch(() => {
        // Whoever asks does without; nothing depends on it.
      });
  }

  private learn(ends: Revocations): void {
    for (const { sessionId, endedAt } of ends.sessions) {
      if (endedAt === undefined || this.set.reasonOf(sessionId) !== undefined) continue;
      const known = this.lookup.peek(sessionId);
      if (known) this.observer.grantedAfterEnd(Math.max(0, known.grantedAt - endedAt));
    }
    this.set.add(ends);
  }
}
