import { randomUUID } from 'node:crypto';
import type { Bus } from './bus.js';
import type { SessionModel, Use } from './cached-session.js';
import { type Clock, systemClock } from './clock.js';
import { EndedSet } from './ended-set.js';
import { Enforcer } from './enforcer.js';
import { GuardParent } from './guard-connection/guard-parent.js';
import { Lease } from './lease.js';
import { LostRevocations } from './lost-revocations.js';
import { Membership } from './membership.js';
import { NO_OBSERVER, type Observer } from './observer.js';
import { Push } from './push.js';
import { type Others, Revocation } from './revocation.js';
import { SessionCache } from './session-cache.js';
import type { SessionSnapshot } from './session-snapshot.js';
import type { SessionStore } from './session-store.js';
import type { SharedCache } from './shared-cache.js';
import { StoreClock } from './store-clock.js';
import { Trust } from './trust.js';

/** How far apart the clocks of instances may be: a token may outlive its ended session by that much. */
const CLOCK_SKEW_MS = 600_000;
/** Taken off the end of a lease, for monotonic clocks that run at different rates. */
const LEASE_MARGIN_MS = 100;

export interface RevocationOptions<S extends SessionSnapshot, U extends Use> {
  readonly store: SessionStore<S>;
  /** `null`: there is no other instance. */
  readonly bus: Bus | null;
  readonly sharedCache: SharedCache<S> | null;
  readonly model: SessionModel<S, U>;
  /** Lifetime of an access token. */
  readonly tokenTtlMs: number;
  readonly leaseMs: number;
  readonly leaseMarginMs?: number;
  /** Within which guards have to report a use of a session. */
  readonly guardReportMs?: number;
  /** How long caches may be used while the store cannot be reached. */
  readonly maxStalenessMs: number;
  /** Sessions that memory holds at most. */
  readonly memoryCacheSize: number;
  /** Entries of the ended set at most. After more ends, sessions are read from the store again when they are used. */
  readonly endedSetSize: number;
  readonly clock?: Clock;
  readonly observer?: Observer;
}

export interface RevocationProtocol<S extends SessionSnapshot, U extends Use> {
  readonly sessions: SessionCache<S, U>;
  readonly revocation: Revocation;
  readonly clock: StoreClock;
  readonly guards: GuardParent;
}

/** Assembles one instance of the protocol. It reads nothing before `revocation.start()`. */
export function createRevocation<S extends SessionSnapshot, U extends Use>(
  options: RevocationOptions<S, U>,
): RevocationProtocol<S, U> {
  const { store, bus, clock = systemClock, observer = NO_OBSERVER, leaseMs } = options;
  const endedSet = new EndedSet(options.endedSetSize);
  const lease = new Lease(clock, leaseMs, options.leaseMarginMs ?? LEASE_MARGIN_MS);
  const storeClock = new StoreClock(clock);
  const trust = new Trust(bus && lease, clock, options.maxStalenessMs);
  const others = bus && connect(bus, lease, clock, observer);
  const windowMs = options.tokenTtlMs + CLOCK_SKEW_MS;
  const guards = new GuardParent({
    instance: bus?.instanceId ?? randomUUID(),
    endedSet,
    trust,
    clock,
    hasOthers: bus !== null,
    leaseMs,
    marginMs: options.leaseMarginMs ?? LEASE_MARGIN_MS,
    windowMs,
    tokenLifetimeMs: options.tokenTtlMs,
    ...(options.guardReportMs === undefined ? {} : { reportMs: options.guardReportMs }),
    observer,
  });
  const onChanged = (sessionIds: readonly string[]) => guards.sessionsChanged(sessionIds);
  const sessions = new SessionCache({ ...options, observer, endedSet, trust, storeClock, onChanged });
  const revocation = new Revocation({
    sessions,
    store,
    others,
    endedSet,
    trust,
    storeClock,
    enforcer: new Enforcer(store, others?.push ?? null, guards, clock, observer),
    guards,
    lostRevocations: new LostRevocations(store, endedSet),
    clock,
    observer,
    windowMs,
  });
  return { sessions, revocation, clock: storeClock, guards };
}

function connect(bus: Bus, lease: Lease, clock: Clock, observer: Observer): Others {
  const membership = new Membership(bus, lease, clock);
  return { bus, membership, push: new Push(bus, membership, clock, lease.lengthMs, observer) };
}
