import { type Clock, type Instant, instantOf } from '../clock.js';
import { Lease } from '../lease.js';
import { writeAck, writePing } from './guard-messages.js';
import type { MessageSocket } from './message-socket.js';
import { type Answer, CLOSE, type Ends, type Hello, type ParentMessage, ProtocolError } from './messages.js';
import { BYE, readParentMessage } from './parent-messages.js';
import type { ConnectionEnd } from './reconnection.js';

/** Two pings may be lost before a lease ends. */
const PINGS_PER_LEASE = 3;

/** What a connection reports to its link. */
export interface LinkEvents {
  greeted(hello: Hello): void;
  /** Must be in force, and its streams closed, when this returns: it is acknowledged next. */
  learned(ends: Ends): void;
  /** The snapshot is complete, so questions and reports may be sent. */
  joined(): void;
  leased(): void;
  answered(answers: readonly Answer[]): void;
  parentLeaves(): void;
  /** Called once, as soon as this end has closed it: a dead connection would take minutes to confirm that. */
  closed(end: ConnectionEnd): void;
}

/** One connection of a guard to a parent, with the lease that came from it. */
export class LinkConnection {
  private socket: MessageSocket | null = null;
  private parent: Hello | null = null;
  private currentLease: Lease | null = null;
  private seq = 0;
  private hasSnapshot = false;
  private pings = 0;
  private readonly sentAt = new Map<number, Instant>();
  private heardAt: number;
  private timer: NodeJS.Timeout | undefined;
  private isClosed = false;

  constructor(
    private readonly clock: Clock,
    private readonly events: LinkEvents,
  ) {
    this.heardAt = clock.monotonic();
  }

  /** @param socket receives nothing before this call */
  use(socket: MessageSocket): void {
    this.socket = socket;
  }

  /** It outlives the connection: the parent counts with it until it has run out. */
  get lease(): Lease | null {
    return this.currentLease;
  }

  get hello(): Hello | null {
    return this.parent;
  }

  send(text: string): void {
    this.socket?.send(text);
  }

  /** Processes messages strictly in the order of arrival: an end is in force before the next message is read. */
  receive(text: string): void {
    // A late pong must not extend a lease that was given back.
    if (this.isClosed) return;
    this.heardAt = this.clock.monotonic();
    try {
      const message = readParentMessage(text);
      if (message) this.handle(message);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      // An end may be missing.
      this.currentLease?.end();
      this.close(CLOSE.protocol, error.message);
    }
  }

  /** Ends the lease first: the parent waits for this guard no longer. */
  sayGoodbye(): void {
    this.currentLease?.end();
    this.send(BYE);
  }

  close(code: number, message: string): void {
    this.socket?.close(code, message);
    this.lost({ code, message });
  }

  lost(end: ConnectionEnd): void {
    if (this.isClosed) return;
    this.isClosed = true;
    clearInterval(this.timer);
    this.events.closed(end);
  }

  private handle(message: ParentMessage): void {
    if (!this.parent) {
      this.greet(message);
      return;
    }
    switch (message.type) {
      case 'hello':
        throw new ProtocolError('a second hello');
      case 'snapshot':
        this.takeSnapshot(message.ends, message.isLast);
        break;
      case 'ends':
        this.learn(message.seq, message.ends);
        break;
      case 'pong':
        this.ponged(message.n, message.remainingMs);
        break;
      case 'answers':
        this.events.answered(message.answers);
        break;
      case 'bye':
        this.events.parentLeaves();
        break;
    }
  }

  private greet(message: ParentMessage): void {
    if (message.type !== 'hello') throw new ProtocolError(`${message.type} before hello`);
    if (message.leaseMs === 0) throw new ProtocolError('lease is 0');
    this.parent = message;
    this.currentLease = new Lease(this.clock, message.leaseMs, message.marginMs);
    this.events.greeted(message);
  }

  private takeSnapshot(ends: Ends, isLast: boolean): void {
    this.events.learned(ends);
    if (!isLast || this.hasSnapshot) return;
    this.hasSnapshot = true;
    this.send(writeAck(this.seq));
    this.events.joined();
    this.startPings();
  }

  private learn(seq: number, ends: Ends): void {
    if (seq !== this.seq + 1) throw new ProtocolError(`ends ${seq} after ${this.seq}`);
    this.seq = seq;
    this.events.learned(ends);
    if (this.hasSnapshot) this.send(writeAck(seq));
  }

  private startPings(): void {
    this.ping();
    this.timer = setInterval(() => this.ping(), this.pingIntervalMs);
    this.timer.unref();
  }

  private get pingIntervalMs(): number {
    return (this.parent?.leaseMs ?? 0) / PINGS_PER_LEASE;
  }

  private ping(): void {
    // A cut cable closes nothing. There is still time to get a lease from another parent before this one has run out.
    if (this.clock.monotonic() - this.heardAt >= 1.5 * this.pingIntervalMs) {
      this.close(CLOSE.silent, 'no pong');
      return;
    }
    this.pings += 1;
    this.sentAt.set(this.pings, instantOf(this.clock));
    this.send(writePing(this.pings));
  }

  private ponged(n: number, remainingMs: number): void {
    const sentAt = this.sentAt.get(n);
    if (!sentAt) throw new ProtocolError('pong without ping');
    for (const earlier of this.sentAt.keys()) if (earlier <= n) this.sentAt.delete(earlier);
    if (remainingMs === 0) return;
    // Counted from the ping: the pong proves only what the parent knew when it wrote it.
    this.currentLease?.extend(sentAt, remainingMs);
    this.events.leased();
  }
}
