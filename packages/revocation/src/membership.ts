import type { Bus, HeartbeatReceipt, PushReceipt } from './bus.js';
import { type Clock, type Instant, instantOf } from './clock.js';
import type { Lease } from './lease.js';

/** Heartbeats per lease: two may be lost before a lease ends. */
const HEARTBEATS_PER_LEASE = 3;
/** A subscription that has heard none of its heartbeats for so many leases is dead, whatever its socket says. */
const DEAF_AFTER_LEASES = 2;

/**
 * This instance's place among the others: it registers and sends heartbeats while its subscription stands,
 * holds the lease that the heard ones extend, and knows how long its registration has stood unbroken.
 */
export class Membership {
  private sequence = 0;
  /** Heartbeats before this one were sent under an earlier subscription and prove nothing about this one. */
  private firstOfSubscription = Number.POSITIVE_INFINITY;
  private readonly sentAt = new Map<number, Instant>();
  private lastHeardAt = 0;
  private lastReceived = 0;
  private server = '';
  private standingSince = Number.POSITIVE_INFINITY;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly bus: Bus,
    private readonly lease: Lease,
    private readonly clock: Clock,
  ) {}

  /** Starts the heartbeats of a new subscription. Everything that ended before it must be in the ended set by now. */
  join(): void {
    this.leave();
    this.firstOfSubscription = this.sequence + 1;
    this.lastHeardAt = this.clock.monotonic();
    this.timer = setInterval(() => void this.beat(), this.lease.lengthMs / HEARTBEATS_PER_LEASE);
    this.timer.unref();
    void this.beat();
  }

  /** Ends lease and heartbeats: what is published now is no longer heard. */
  leave(): void {
    clearInterval(this.timer);
    this.lease.end();
    this.firstOfSubscription = Number.POSITIVE_INFINITY;
    this.sentAt.clear();
  }

  heard(sequence: number): void {
    const sentAt = this.sentAt.get(sequence);
    if (sentAt === undefined || sequence < this.firstOfSubscription) return;
    this.sentAt.delete(sequence);
    this.lastHeardAt = this.clock.monotonic();
    this.lease.extend(sentAt);
  }

  /**
   * Whether a push may rely on the table of instances: a flush, restart, restore or promotion wipes or rewinds it
   * while others still hold leases, and shows as a registration that has not stood for a full lease.
   *
   * @param sentAt monotonic instant at which the push was sent
   */
  isTableReliable(receipt: PushReceipt, sentAt: number): boolean {
    const own = receipt.registered.get(this.bus.instanceId);
    return (
      own !== undefined &&
      // Behind: the table was rewound. Ahead: a heartbeat whose answer was lost, which might have told of a break.
      own === this.lastReceived &&
      receipt.server === this.server &&
      sentAt - this.standingSince >= this.lease.lengthMs
    );
  }

  private async beat(): Promise<void> {
    const now = instantOf(this.clock);
    if (now.monotonic - this.lastHeardAt > DEAF_AFTER_LEASES * this.lease.lengthMs) {
      this.leave();
      this.bus.resubscribe();
      return;
    }
    this.sequence += 1;
    const sequence = this.sequence;
    this.sentAt.set(sequence, now);
    this.sentAt.delete(sequence - DEAF_AFTER_LEASES * HEARTBEATS_PER_LEASE);
    try {
      this.received(sequence, await this.bus.heartbeat(sequence));
    } catch {
      // A heartbeat that was not answered extends nothing: the lease runs out and Postgres is asked instead.
    }
  }

  private received(sequence: number, { previous, server }: HeartbeatReceipt): void {
    const isUnbroken = previous === this.lastReceived && server === this.server;
    // From the answer, not from the sending: whatever broke the registration may have happened in between.
    if (!isUnbroken) this.standingSince = this.clock.monotonic();
    this.server = server;
    this.lastReceived = Math.max(this.lastReceived, sequence);
  }
}
