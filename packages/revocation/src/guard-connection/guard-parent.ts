import { setTimeout as sleep } from 'node:timers/promises';
import { chunksOf } from '../chunks.js';
import type { Clock } from '../clock.js';
import type { EndedSet } from '../ended-set.js';
import { NO_OBSERVER, type Observer } from '../observer.js';
import type { Revocations } from '../session-store.js';
import type { Trust } from '../trust.js';
import { Acknowledgements } from './acknowledgements.js';
import type { MessageSocket } from './message-socket.js';
import { type Answer, CLOSE, type Question, type ReportedUse, USUAL_REPORT_MS } from './messages.js';
import { ParentConnection, type ParentTerms } from './parent-connection.js';
import { writeEnds } from './parent-messages.js';
import { ENDS_PER_MESSAGE } from './snapshot-writer.js';

/** A guard pings three times in a lease. */
const SILENT_LEASES = 3;

export interface GuardParentParts {
  readonly instance: string;
  readonly endedSet: EndedSet;
  readonly trust: Trust;
  readonly clock: Clock;
  /** Without other instances, nobody remembers for whom a predecessor of this process extended leases. */
  readonly hasOthers: boolean;
  readonly leaseMs: number;
  readonly marginMs: number;
  readonly windowMs: number;
  readonly tokenLifetimeMs: number;
  /** Within which guards have to report a use. */
  readonly reportMs?: number;
  readonly observer?: Pick<Observer, 'inForceAtGuards' | 'leaseRefused'>;
}

/** How the service answers guards. */
export interface GuardRequests {
  /** The decision about a question, made after it has arrived. Must not reject. */
  decide(question: Question): Promise<Omit<Answer, 'id'>>;
  used(uses: readonly ReportedUse[], clientId: string): void;
}

/** What the WebSocket server passes on to a connection. */
export interface ConnectedGuard {
  receive(text: string): void;
  lost(): void;
}

/**
 * This instance as the parent of guards. Every end that it learns, whichever way, is written to each connection before
 * it is acknowledged, and before any later pong.
 */
export class GuardParent {
  /** Lost ones too, as long as their guard may hold a lease. */
  private readonly connections = new Set<ParentConnection>();
  private readonly acknowledgements: Acknowledgements;
  private requests: GuardRequests = REFUSING;
  private sessions: Revocations['sessions'][number][] = [];
  private cutOffs: Revocations['cutOffs'][number][] = [];
  private changed: string[] = [];
  /** Ends of one tick are written together, and awaited together. */
  private nextWrite: Promise<void> | null = null;
  private leaving = false;
  private youngUntil = Number.NEGATIVE_INFINITY;
  private timer: NodeJS.Timeout | undefined;
  private readonly observer: NonNullable<GuardParentParts['observer']>;

  constructor(private readonly parts: GuardParentParts) {
    this.observer = parts.observer ?? NO_OBSERVER;
    this.acknowledgements = new Acknowledgements(parts.clock);
    parts.endedSet.onNews((news) => this.learned(news));
  }

  start(): void {
    const { clock, leaseMs, hasOthers } = this.parts;
    if (!hasOthers) this.youngUntil = clock.monotonic() + leaseMs;
    this.timer = setInterval(() => this.sweep(), leaseMs);
    this.timer.unref();
  }

  /** Until this is called, every question is answered `unavailable`. */
  answerWith(requests: GuardRequests): void {
    this.requests = requests;
  }

  connect(socket: MessageSocket, clientId: string): ConnectedGuard {
    const connection = new ParentConnection(clientId, socket, this.termsOf(clientId));
    // In one tick: from now on it receives what is learned, and the snapshot has what was learned before.
    this.connections.add(connection);
    connection.start();
    return { receive: (text) => connection.receive(text), lost: () => connection.lost() };
  }

  /** Whether new guards should look for another parent. */
  get isLeaving(): boolean {
    return this.leaving;
  }

  /** How many guards are connected, by client. */
  connected(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const { clientId, isConnected } of this.connections) {
      if (isConnected) counts.set(clientId, (counts.get(clientId) ?? 0) + 1);
    }
    return counts;
  }

  /** Sessions have changed without ending. A hint: it may be lost with a connection. */
  sessionsChanged(sessionIds: readonly string[]): void {
    if (this.connections.size === 0) return;
    this.changed.push(...sessionIds);
    void this.writeSoon();
  }

  /** Waits until everything that this instance knows of is in force at every guard below it. */
  async inForce(): Promise<void> {
    const startedAt = this.parts.clock.monotonic();
    if (this.connections.size > 0) await this.writeSoon();
    // No guard has received what the ended set does not list, so none may hold a lease.
    if (this.parts.endedSet.hasUnlisted) await this.acknowledgements.ofLeases(this.connections);
    const young = this.youngUntil - this.parts.clock.monotonic();
    if (young > 0) await sleep(young);
    this.observer.inForceAtGuards(this.parts.clock.monotonic() - startedAt);
  }

  /**
   * To be called before this instance leaves the others: no longer extends leases, and waits until no guard holds one
   * from it.
   */
  async leave(): Promise<void> {
    this.leaving = true;
    this.write();
    for (const connection of this.connections) connection.sayGoodbye();
    await this.acknowledgements.ofLeases(this.connections);
    clearInterval(this.timer);
    for (const connection of this.connections) connection.close(CLOSE.normal, 'the instance has shut down');
  }

  private learned({ sessions, cutOffs }: Revocations): void {
    if (this.connections.size === 0) return;
    this.sessions.push(...sessions);
    this.cutOffs.push(...cutOffs);
    void this.writeSoon();
  }

  /** @returns when everyone who may hold a lease has acknowledged what was known until the write */
  private writeSoon(): Promise<void> {
    this.nextWrite ??= new Promise((resolve) => {
      setImmediate(() => {
        this.nextWrite = null;
        this.write();
        resolve(this.acknowledgements.ofEverythingSent(this.connections));
      });
    });
    return this.nextWrite;
  }

  private write(): void {
    const { sessions, cutOffs, changed } = this;
    if (sessions.length + cutOffs.length + changed.length === 0) return;
    this.sessions = [];
    this.cutOffs = [];
    this.changed = [];
    for (const chunk of chunksOf({ sessions, cutOffs }, ENDS_PER_MESSAGE))
      this.writeToAll({ ...chunk, changed: [] });
    for (let at = 0; at < changed.length; at += ENDS_PER_MESSAGE) {
      this.writeToAll({ sessions: [], cutOffs: [], changed: changed.slice(at, at + ENDS_PER_MESSAGE) });
    }
  }

  private writeToAll(ends: Parameters<typeof writeEnds>[0]): void {
    const message = writeEnds(ends);
    for (const connection of this.connections) connection.writeEnds(message);
  }

  private termsOf(clientId: string): ParentTerms {
    return {
      ...this.parts,
      reportMs: this.parts.reportMs ?? USUAL_REPORT_MS,
      grantLease: () => this.grantLease(),
      acknowledged: (connection) => this.acknowledgements.changed(connection),
      closed: (connection) => this.closed(connection),
      decide: (question) => this.requests.decide(question),
      used: (uses) => this.requests.used(uses, clientId),
    };
  }

  /** Who receives the pong has received every end before it, so these are written first. */
  private grantLease(): number {
    this.write();
    const { leaseMs, trust, endedSet } = this.parts;
    const isRefused = this.leaving || endedSet.hasUnlisted;
    const forMs = isRefused ? 0 : Math.floor(Math.min(leaseMs, trust.remainingMs));
    if (forMs === 0) this.observer.leaseRefused();
    return forMs;
  }

  private closed(connection: ParentConnection): void {
    if (connection.leaseEndsAt <= this.parts.clock.monotonic()) this.connections.delete(connection);
    this.acknowledgements.changed(connection);
  }

  private sweep(): void {
    const now = this.parts.clock.monotonic();
    for (const connection of this.connections) {
      connection.closeIfSilent(SILENT_LEASES * this.parts.leaseMs);
      if (!connection.isConnected && connection.leaseEndsAt <= now) this.connections.delete(connection);
    }
  }
}

const REFUSING: GuardRequests = {
  decide: async () => ({ state: 'unavailable' }),
  used() {},
};
