import { type Clock, systemClock } from '../clock.js';
import { EndedSet } from '../ended-set.js';
import type { Lease } from '../lease.js';
import { ChangedSessions } from './changed-sessions.js';
import { LinkConnection } from './link-connection.js';
import { CLOSE, type Ends, type GuardSubject, type Hello } from './messages.js';
import { type Decision, Questions } from './questions.js';
import { type ConnectionEnd, type GuardTransport, Reconnection } from './reconnection.js';
import { type SessionUse, UseReports } from './use-reports.js';

const ENDED_SET_SIZE = 1_000_000;

export interface GuardLinkOptions {
  readonly transport: GuardTransport;
  readonly clock?: Clock;
  /** Entries of the ended set beyond which the guard asks about every request. */
  readonly endedSetSize?: number;
  /**
   * Ends that are new to this guard. They are refused already; their streams must be closed when this returns, because
   * they are acknowledged next. Must not throw.
   */
  onEnds(ends: Ends): void;
  /** The guard no longer holds a lease, so it does not know whether sessions are still active. Must not throw. */
  onTrustLost?(): void;
  /** A connection is gone, or an attempt failed. For the log. */
  onDisconnected?(end: ConnectionEnd): void;
}

/** What a guard can say about the session of a token without asking. */
export type Verdict =
  | { readonly state: 'active' }
  | { readonly state: 'ended'; readonly reason: string }
  | { readonly state: 'ask' };

const ACTIVE: Verdict = { state: 'active' };
const ASK: Verdict = { state: 'ask' };
/** Reasons of the service. */
const EXPIRED = 'expired';
const UNSPECIFIED = 'unspecified';
const UNAVAILABLE: Decision = { state: 'unavailable' };

/** The guard's end of the guard protocol: which sessions have ended, and whether that knowledge may be relied on. */
export class GuardLink {
  private readonly clock: Clock;
  private readonly endedSet: EndedSet;
  private readonly changed = new ChangedSessions();
  private readonly questions: Questions;
  private readonly uses: UseReports;
  private readonly reconnection = new Reconnection(() => this.connect());
  private connection: LinkConnection | null = null;
  /** A parent that leaves. Its lease holds until another parent has given one. */
  private former: LinkConnection | null = null;
  private lease: Lease | null = null;
  /** From a parent to which the connection is lost. */
  private formerLease: Lease | null = null;
  private parent: Hello | null = null;
  private isStopped = false;
  private wasTrusting = false;
  private waiting: { resolve: () => void; reject: (error: Error) => void }[] = [];
  private watch: NodeJS.Timeout | undefined;
  private rotation: NodeJS.Timeout | undefined;

  constructor(private readonly options: GuardLinkOptions) {
    this.clock = options.clock ?? systemClock;
    this.endedSet = new EndedSet(options.endedSetSize ?? ENDED_SET_SIZE);
    this.questions = new Questions(this.clock);
    this.uses = new UseReports(this.clock);
    this.endedSet.onNews((news) => this.options.onEnds({ ...news, changed: [] }));
  }

  start(): void {
    this.uses.start();
    this.connect();
  }

  /** Resolves when the guard holds a lease. @throws when the service refuses the client */
  ready(): Promise<void> {
    if (this.mayTrust()) return Promise.resolve();
    return new Promise((resolve, reject) => this.waiting.push({ resolve, reject }));
  }

  /** Answers in the same tick. `active` holds for a token that has been verified, and for nothing that comes later. */
  judge(subject: Omit<GuardSubject, 'generation'>): Verdict {
    const reason = this.endedSet.reasonOf(subject.sessionId);
    if (reason !== undefined) return { state: 'ended', reason };
    return this.mayTrust() && !this.isDoubtful(subject) ? ACTIVE : ASK;
  }

  /** Whether something has happened that may concern the session. The user may have kept it, so this is no reason to refuse. */
  isDoubtful({ sessionId, userId, sessionEpoch, rolesVersion }: Omit<GuardSubject, 'generation'>): boolean {
    if (this.changed.has(sessionId)) return true;
    const minimum = this.endedSet.cutOffOf(userId);
    return sessionEpoch < minimum.sessionEpoch || rolesVersion < minimum.rolesVersion;
  }

  /** Asks the parent. The decision is made after this call. */
  async ask(subject: GuardSubject): Promise<Decision> {
    if (this.isStopped) return UNAVAILABLE;
    const change = this.changed.changeOf(subject.sessionId);
    const decision = await this.questions.ask(subject);
    const reason = this.endedSet.reasonOf(subject.sessionId);
    if (reason !== undefined) return { state: 'ended', reason };
    if (decision.state === 'active') this.changed.settle(subject.sessionId, change);
    if (decision.state === 'ended') this.remember(subject.sessionId, decision.reason);
    return decision;
  }

  /**
   * What the parent has refused for good, this guard never grants again: the next parent may not have heard of it yet. A
   * session that expires can still be used, if another instance has seen it in use.
   */
  private remember(sessionId: string, reason = UNSPECIFIED): void {
    if (reason !== EXPIRED) this.endedSet.add({ sessions: [{ sessionId, reason }], cutOffs: [] });
  }

  /** Whether the guard holds a lease, and has room for all ends. */
  mayTrust(): boolean {
    return this.isLeaseLive() && !this.endedSet.isOverflowing;
  }

  /** The record for `noteUse`. Keep it with what has been verified, so that a request need not look it up. */
  useOf(sessionId: string): SessionUse {
    return this.uses.of(sessionId);
  }

  /** A request was granted. */
  noteUse(use: SessionUse, generation: number, address?: string, userAgent?: string): void {
    this.uses.note(use, generation, address, userAgent);
  }

  /** The parent that was heard last; `null` before the first one. */
  get hello(): Hello | null {
    return this.parent;
  }

  get endedSetSize(): number {
    return this.endedSet.size;
  }

  /** Ends the lease, then says so, so that no revoke waits for this guard. */
  async stop(): Promise<void> {
    this.isStopped = true;
    this.reconnection.stop();
    this.uses.stop();
    this.questions.stop();
    clearInterval(this.rotation);
    clearTimeout(this.watch);
    this.formerLease = null;
    for (const connection of [this.connection, this.former]) {
      connection?.sayGoodbye();
      connection?.close(CLOSE.normal, 'bye');
    }
    this.lease = null;
    this.checkTrust();
    this.fail(new Error('the guard is closed'));
  }

  private isLeaseLive(): boolean {
    return (this.lease?.isLive() ?? false) || (this.formerLease?.isLive() ?? false);
  }

  private connect(): void {
    const connection: LinkConnection = new LinkConnection(this.clock, {
      greeted: (hello) => this.greeted(hello),
      learned: (ends) => this.learn(ends),
      joined: () => this.joined(connection),
      leased: () => this.leased(connection),
      answered: (answers) => this.questions.answered(answers),
      parentLeaves: () => this.parentLeaves(connection),
      closed: (end) => this.disconnected(connection, end),
    });
    this.connection = connection;
    let clearLimit = () => {};
    const socket = this.options.transport.open({
      message: (text) => {
        clearLimit();
        connection.receive(text);
      },
      closed: (end) => {
        clearLimit();
        connection.lost(end);
      },
    });
    clearLimit = this.reconnection.limit(() => connection.close(CLOSE.silent, 'no answer'));
    connection.use(socket);
  }

  private greeted(hello: Hello): void {
    // Restarted only for another length: a guard that reconnects often must still forget.
    if (hello.windowMs !== this.parent?.windowMs) {
      clearInterval(this.rotation);
      this.rotation = setInterval(() => this.forgetOldest(), hello.windowMs);
      this.rotation.unref();
    }
    this.parent = hello;
    this.uses.reportWithin(hello.reportMs);
  }

  private forgetOldest(): void {
    this.endedSet.forgetOldest();
    this.changed.forgetOldest();
  }

  private learn(ends: Ends): void {
    this.endedSet.add(ends);
    if (ends.changed.length === 0) return;
    this.changed.add(ends.changed);
    this.options.onEnds({ sessions: [], cutOffs: [], changed: ends.changed });
  }

  private joined(connection: LinkConnection): void {
    this.reconnection.succeeded();
    const send = (text: string) => connection.send(text);
    this.questions.connected(send);
    this.uses.connected(send);
  }

  private leased(connection: LinkConnection): void {
    // The parent that leaves still extends nothing, but may have written a pong before.
    if (connection === this.connection) {
      this.lease = connection.lease;
      this.endFormer();
    }
    this.checkTrust();
    for (const { resolve } of this.waiting.splice(0)) resolve();
  }

  /** Another parent has given a lease, so the one that leaves need not wait for this guard any longer. */
  private endFormer(): void {
    if (!this.former || !this.lease?.isLive()) return;
    this.formerLease = null;
    this.former.sayGoodbye();
    this.former.close(CLOSE.normal, 'bye');
    this.former = null;
  }

  /** Connects to another parent first: until that has given a lease, the lease from this one holds. */
  private parentLeaves(connection: LinkConnection): void {
    if (connection !== this.connection) return;
    this.former = connection;
    this.keepLease(connection);
    this.detach();
    this.reconnection.now();
  }

  private disconnected(connection: LinkConnection, end: ConnectionEnd): void {
    if (this.former === connection) this.former = null;
    if (this.connection !== connection || this.isStopped) return;
    this.keepLease(connection);
    this.detach();
    this.options.onDisconnected?.(end);
    const isRefused = end.status === 401 || end.status === 403 || end.code === CLOSE.credentials;
    if (isRefused) this.fail(new Error(`the service refuses the credentials of this client: ${end.message}`));
    this.reconnection.after(isRefused);
  }

  /** A lease holds although its connection is lost: the parent waits until it has run out. */
  private keepLease({ lease }: LinkConnection): void {
    if (lease && lease.remainingMs > (this.formerLease?.remainingMs ?? 0)) this.formerLease = lease;
    this.lease = null;
  }

  private detach(): void {
    this.connection = null;
    this.questions.disconnected();
    this.uses.disconnected();
  }

  /** Nothing calls when a lease runs out, so its end is awaited. */
  private checkTrust(): void {
    clearTimeout(this.watch);
    const isTrusting = this.mayTrust();
    if (this.wasTrusting && !isTrusting) this.options.onTrustLost?.();
    this.wasTrusting = isTrusting;
    if (!isTrusting) return;
    const remaining = Math.max(this.lease?.remainingMs ?? 0, this.formerLease?.remainingMs ?? 0);
    this.watch = setTimeout(() => this.checkTrust(), remaining);
    this.watch.unref();
  }

  private fail(error: Error): void {
    for (const { reject } of this.waiting.splice(0)) reject(error);
  }
}
