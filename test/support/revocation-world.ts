import type { Bus, BusListener, HeartbeatReceipt, PushReceipt } from '@latchkey/revocation/bus';
import { systemClock } from '@latchkey/revocation/clock';
import { Revocation, type RevocationOptions } from '@latchkey/revocation/revocation';
import type { SessionSnapshot } from '@latchkey/revocation/session-snapshot';
import type { RecentRevocations, Revocations, SessionStore } from '@latchkey/revocation/session-store';
import type { SharedCache } from '@latchkey/revocation/shared-cache';

/** Decides when a step continues: immediately, or when a test lets it. */
export type Turn = (label: string) => Promise<void>;
const atOnce: Turn = async () => {};

export function activeSnapshot(sessionId: string): SessionSnapshot {
  return {
    sessionId,
    userId: 'user',
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

/** An in-memory session store. A read returns the state at the time it arrived, however late its result is delivered. */
export class MemoryStore implements SessionStore {
  private readonly ended = new Map<string, string>();
  private readonly confirmed = new Set<string>();
  turn: Turn = atOnce;
  isAway = false;
  server = 'server-1';
  /** Called instead of reapplying revocations, as on a read-only copy. */
  refuseToEndAgain: (() => void) | null = null;
  loads = 0;

  end(sessionId: string, reason = 'logout'): Revocations {
    this.ended.set(sessionId, reason);
    return { sessions: [{ sessionId, reason }], cutOffs: [] };
  }

  /** Simulates a failover to a server that has lost this revocation. */
  failOverWithout(sessionId: string): void {
    this.ended.delete(sessionId);
    this.server = 'server-2';
  }

  async load(ids: readonly string[]): Promise<Map<string, SessionSnapshot>> {
    this.loads += 1;
    await this.turn('a read goes out');
    this.require();
    const found = ids.map((id): [string, SessionSnapshot] => {
      const reason = this.ended.get(id);
      const active = { ...activeSnapshot(id), readAt: Date.now(), lastSeenAt: Date.now() };
      return [id, reason === undefined ? active : { ...active, status: 'revoked', endedReason: reason }];
    });
    await this.turn('a read comes back');
    return new Map(found);
  }

  async recentRevocations(): Promise<RecentRevocations> {
    this.require();
    const sessions = [...this.ended].map(([sessionId, reason]) => ({ sessionId, reason }));
    await this.turn('the tail comes back');
    this.require();
    return {
      sessions,
      cutOffs: [],
      overdue: { sessions: [], cutOffs: [] },
      now: Date.now(),
      server: this.server,
    };
  }

  async reapply({ sessions }: Revocations): Promise<void> {
    this.require();
    if (this.refuseToEndAgain) {
      this.refuseToEndAgain();
      throw new Error('read-only');
    }
    for (const { sessionId, reason } of sessions) {
      if (!this.ended.has(sessionId)) this.ended.set(sessionId, reason);
    }
  }

  async confirm({ sessions }: Revocations): Promise<void> {
    this.require();
    for (const { sessionId } of sessions) this.confirmed.add(sessionId);
  }

  async areConfirmed({ sessions }: Revocations): Promise<boolean> {
    this.require();
    return sessions.every(({ sessionId }) => this.confirmed.has(sessionId));
  }

  private require(): void {
    if (this.isAway) throw new Error('the store is down');
  }
}

/** A shared cache that never updates or removes an entry, so it returns stale sessions. */
export class LyingTier implements SharedCache {
  readonly held = new Map<string, SessionSnapshot>();
  turn: Turn = atOnce;

  async read(ids: readonly string[]): Promise<Map<string, SessionSnapshot>> {
    await this.turn('the cache is read');
    return new Map(ids.flatMap((id) => (this.held.has(id) ? [[id, { ...activeSnapshot(id) }]] : [])));
  }

  async write(snapshots: readonly SessionSnapshot[]): Promise<void> {
    await this.turn('the cache is written');
    for (const snapshot of snapshots) this.held.set(snapshot.sessionId, snapshot);
  }

  async remove(): Promise<void> {}
}

/** An in-memory Redis: delivers messages in order to each subscription. */
export class MemoryServer {
  readonly table = new Map<string, number>();
  runId = 'server-1';
  turn: Turn = atOnce;
  private readonly subscriptions = new Map<string, { listener: BusListener; last: Promise<void> }>();
  private made = 0;

  bus(): MemoryBus {
    this.made += 1;
    return new MemoryBus(this, `instance-${this.made}`);
  }

  subscribe(instanceId: string, listener: BusListener): void {
    this.subscriptions.set(instanceId, { listener, last: Promise.resolve() });
    listener.subscribed();
  }

  cut(instanceId: string): void {
    const subscription = this.subscriptions.get(instanceId);
    this.subscriptions.delete(instanceId);
    subscription?.listener.lost();
  }

  /** Drops the messages to this instance without reporting a lost subscription. */
  silence(instanceId: string): void {
    this.subscriptions.delete(instanceId);
  }

  publish(to: string | null, tell: (listener: BusListener) => void): void {
    for (const [instanceId, subscription] of this.subscriptions) {
      if (to !== null && to !== instanceId) continue;
      subscription.last = subscription.last
        .then(() => this.turn('a message is heard'))
        .then(() => {
          if (this.subscriptions.get(instanceId) === subscription) tell(subscription.listener);
        });
    }
  }
}

export class MemoryBus implements Bus {
  isCutOff = false;
  private listener: BusListener | null = null;

  constructor(
    private readonly server: MemoryServer,
    readonly instanceId: string,
  ) {}

  start(listener: BusListener): void {
    this.listener = listener;
    this.server.subscribe(this.instanceId, listener);
  }

  async heartbeat(sequence: number): Promise<HeartbeatReceipt> {
    this.require();
    const previous = this.server.table.get(this.instanceId) ?? null;
    this.server.table.set(this.instanceId, sequence);
    this.server.publish(this.instanceId, (listener) => listener.heartbeat(sequence));
    return { previous, server: this.server.runId };
  }

  async push(pushId: string, revocations: Revocations): Promise<PushReceipt> {
    await this.server.turn('a push goes out');
    this.require();
    this.server.publish(null, (listener) => listener.push(this.instanceId, pushId, revocations));
    return { registered: new Map(this.server.table), server: this.server.runId };
  }

  async acknowledge(revoker: string, pushId: string): Promise<void> {
    this.require();
    this.server.publish(revoker, (listener) => listener.acknowledgement(this.instanceId, pushId));
  }

  async forget(instanceId: string, sequence: number): Promise<void> {
    if (this.server.table.get(instanceId) === sequence) this.server.table.delete(instanceId);
  }

  async announceChange(sessionIds: readonly string[]): Promise<void> {
    this.require();
    this.server.publish(null, (listener) => listener.changed(sessionIds));
  }

  async answer(): Promise<void> {}

  resubscribe(): void {
    this.server.cut(this.instanceId);
    if (this.listener && !this.isCutOff) this.server.subscribe(this.instanceId, this.listener);
  }

  async stop(): Promise<void> {
    this.server.cut(this.instanceId);
    this.server.table.delete(this.instanceId);
  }

  private require(): void {
    if (this.isCutOff) throw new Error('cut off');
  }
}

export function newRevocation(
  ports: Pick<RevocationOptions, 'store' | 'bus' | 'sharedCache'>,
  options: Partial<RevocationOptions> = {},
): Revocation {
  return new Revocation({
    clock: systemClock,
    tokenTtlMs: 900_000,
    leaseMs: 300,
    leaseMarginMs: 10,
    maxStalenessMs: 300_000,
    memoryCacheSize: 100,
    endedSetSize: 1_000,
    ...ports,
    ...options,
  });
}

/** Whether a request that starts now is granted. */
export async function isGranted(instance: Revocation, sessionId: string): Promise<boolean> {
  const { ended, snapshot } = await instance.find(sessionId);
  return ended === null && snapshot?.status === 'active';
}
