import { setTimeout as sleep } from 'node:timers/promises';
import type { Bus } from './bus.js';
import type { Use } from './cached-session.js';
import type { Clock } from './clock.js';
import type { EndedSet, Minimums } from './ended-set.js';
import type { Enforcer } from './enforcer.js';
import type { GuardParent } from './guard-connection/guard-parent.js';
import type { LostRevocations } from './lost-revocations.js';
import type { Membership } from './membership.js';
import type { Observer } from './observer.js';
import type { Push } from './push.js';
import type { SessionCache } from './session-cache.js';
import type { SessionSnapshot } from './session-snapshot.js';
import type { RecentRevocations, Revocations, SessionStore } from './session-store.js';
import type { StoreClock } from './store-clock.js';
import { Tail } from './tail.js';
import type { Trust } from './trust.js';

/** Between two tries to read the store after a new subscription. */
const RETRY_MS = 250;

/** What connects an instance to the others; `null` when there are none. */
export interface Others {
  readonly bus: Bus;
  readonly membership: Membership;
  readonly push: Push;
}

/** What revocation needs of the session cache. */
type Sessions = Pick<
  SessionCache<SessionSnapshot, Use>,
  'drop' | 'forget' | 'forgetAll' | 'markAllStale' | 'peek' | 'removeShared'
>;

export interface RevocationParts {
  readonly sessions: Sessions;
  readonly store: SessionStore;
  readonly others: Others | null;
  readonly endedSet: EndedSet;
  readonly trust: Trust;
  readonly storeClock: StoreClock;
  readonly enforcer: Enforcer;
  readonly guards: GuardParent;
  readonly lostRevocations: LostRevocations;
  readonly clock: Clock;
  readonly observer: Observer;
  /** How far back revocations matter. */
  readonly windowMs: number;
}

/**
 * The revocation protocol. It rests on one invariant: an instance that trusts its caches has every recent revocation in
 * its ended set. The README lists the rules that keep it, and the file of each.
 */
export class Revocation {
  private readonly tail: Tail;
  private readonly membership: Membership | null;
  /** Counts subscriptions, so that work for an earlier one notices that it is too late. */
  private subscription = 0;
  private generationTimer: NodeJS.Timeout | undefined;

  constructor(private readonly parts: RevocationParts) {
    const { store, clock, storeClock, trust, windowMs, others } = parts;
    this.membership = others?.membership ?? null;
    this.tail = new Tail(store, clock, storeClock, trust, windowMs, (page) => this.takePage(page));
  }

  /** Reads the recent revocations, then joins the other instances. @throws when the store cannot be reached */
  async start(): Promise<void> {
    const { endedSet, windowMs, others, guards } = this.parts;
    guards.start();
    await this.tail.readAll();
    this.tail.follow();
    this.generationTimer = setInterval(() => endedSet.forgetOldest(), windowMs);
    this.generationTimer.unref();
    others?.bus.start({
      subscribed: () => void this.subscribed(),
      lost: () => this.lost(),
      heartbeat: (sequence) => this.membership?.heard(sequence),
      push: (from, pushId, revocations) => this.pushed(others.bus, from, pushId, revocations),
      revoked: (revocations) => this.learn(revocations),
      acknowledgement: (from, pushId) => others.push.acknowledged(from, pushId),
      changed: (sessionIds) => this.parts.sessions.drop(sessionIds),
      question: (replyTo, sessionId) => this.answer(others.bus, replyTo, sessionId),
    });
  }

  /** Leaves the other instances last: a revoker has to wait for this one as long as a guard holds a lease from it. */
  async stop(): Promise<void> {
    await this.parts.guards.leave();
    this.parts.trust.stop();
    clearInterval(this.generationTimer);
    this.tail.stop();
    this.lost();
    await this.parts.others?.bus.stop();
  }

  /**
   * Makes committed revocations hold on every instance.
   *
   * @returns whether no instance grants these sessions any longer; `false` when that could not be confirmed in time
   */
  enforce(revocations: Revocations): Promise<boolean> {
    this.learn(revocations);
    return this.parts.enforcer.enforce(revocations);
  }

  /** Why the session ended; `undefined` when this instance knows nothing about an end, which is no proof of life. */
  reasonOfEnd(sessionId: string): string | undefined {
    return this.parts.endedSet.reasonOf(sessionId);
  }

  /** What tokens and sessions of this user must have at least, as far as this instance knows. */
  cutOffOf(userId: string): Minimums {
    return this.parts.endedSet.cutOffOf(userId);
  }

  /** For operators: whether caches are trusted, and why not. */
  status() {
    const { trust, endedSet } = this.parts;
    return {
      trustsCaches: trust.mayUseCaches(),
      leaseLive: trust.isLeaseLive,
      tailAgeMs: trust.tailAgeMs,
      endedSetSize: endedSet.size,
      hasUnlistedEnds: endedSet.hasUnlisted,
    };
  }

  /** @returns whether the ended set lists everything in it; if not, nothing is granted from memory that was read before */
  private takePage(page: RecentRevocations): boolean {
    const { enforcer, lostRevocations, sessions } = this.parts;
    const { overdue } = page;
    const isListed = this.learn(page);
    // In place of the pages that are not read.
    if (!isListed && page.next) sessions.forgetAll();
    this.learn(overdue);
    if (!isListed || !page.next) void lostRevocations.restore(page.server);
    if (overdue.sessions.length + overdue.cutOffs.length > 0) void enforcer.repeat(overdue);
    return isListed;
  }

  /** Tail before trust: what was published before this subscription is only in the store. */
  private async subscribed(): Promise<void> {
    this.subscription += 1;
    const subscription = this.subscription;
    this.parts.sessions.markAllStale();
    while (subscription === this.subscription) {
      try {
        await this.tail.readAll();
        if (subscription === this.subscription) this.membership?.join();
        return;
      } catch {
        // Without the earlier revocations there is no lease: every check asks the store until it answers.
        await sleep(RETRY_MS, undefined, { ref: false });
      }
    }
  }

  private lost(): void {
    this.subscription += 1;
    this.membership?.leave();
  }

  private pushed(bus: Bus, from: string, pushId: string, revocations: Revocations): void {
    this.learn(revocations);
    if (from !== bus.instanceId) void this.acknowledge(bus, from, pushId);
  }

  /** For the guards below as well. */
  private async acknowledge(bus: Bus, from: string, pushId: string): Promise<void> {
    await this.parts.guards.inForce();
    try {
      await bus.acknowledge(from, pushId);
    } catch {
      // The revoker waits until this instance's lease has run out.
    }
  }

  private answer(bus: Bus, replyTo: string, sessionId: string): void {
    const known = this.parts.sessions.peek(sessionId);
    bus
      .answer(replyTo, {
        instanceId: bus.instanceId,
        inMemory: known !== undefined,
        lastGrantedAt: known?.use.grantedAt || null,
        endedReason: this.reasonOfEnd(sessionId) ?? null,
        trustsCaches: this.parts.trust.mayUseCaches(),
      })
      .catch(() => {
        // The operator gets no answer from this instance; nothing else depends on it.
      });
  }

  /** @returns whether the ended set has room for all of them. If not, they are refused by what the store says */
  private learn(revocations: Revocations): boolean {
    const { sessions, endedSet, observer } = this.parts;
    const news = endedSet.newsOf(revocations);
    const ids = news.sessions.map(({ sessionId }) => sessionId);
    for (const { sessionId, endedAt } of news.sessions) {
      if (endedAt === undefined) continue;
      const known = sessions.peek(sessionId);
      if (known) observer.grantedAfterEnd(Math.max(0, known.use.grantedAt - endedAt));
    }
    const isListed = endedSet.hasRoomFor(news.sessions.length + news.cutOffs.length);
    if (isListed) endedSet.add(revocations);
    else this.learnUnlisted(ids, news.cutOffs.length > 0);
    void sessions.removeShared(ids);
    return isListed;
  }

  private learnUnlisted(sessionIds: readonly string[], hasCutOffs: boolean): void {
    const { sessions, endedSet } = this.parts;
    endedSet.addUnlisted();
    // A cut-off does not name the sessions that it ends.
    if (hasCutOffs) sessions.forgetAll();
    else sessions.forget(sessionIds);
  }
}
