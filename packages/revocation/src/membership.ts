import type { Bus, HeartbeatReceipt, PushReceipt } from './bus.js';
import { type Clock, type Instant, instantOf } from './clock.js';
import type { Lease } from './lease.js';

/** Two heartbeats may be lost before a lease ends. */
const HEARTBEATS_PER_LEASE = 3;
/** A subscription that has delivered none of its heartbeats for so many leases is dead, even if its socket is open. */
const DEAF_AFTER_LEASES = 2;

/**
 * This instance's membership in the cluster. While it is subscribed, it registers and sends heartbeats, extends its
 * lease by those that it hears back, and tracks how long its registration has been unbroken.
 */
export class Membership {
  private sequence = 0;
  /** Heartbeats of this subscription that have not come back. Those of an earlier one would prove nothing about it. */
  private readonly sentAt = new Map<number, Instant>();
  private lastHeardAt = 0;
  private lastReceived = 0;
  private server = '';
  /** Monotonic instant since which the registration is known to be unbroken. */
  private unbrokenSince = Number.POSITIVE_INFINITY;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly bus: Bus,
    private readonly lease: Lease,
    private readonly clock: Clock,
  ) {}

  /** Starts the heartbeats of a new subscription. The ended set must already have every revocation from before it. */
  join(): void {
    this.leave();
    this.lastHeardAt = this.clock.monotonic();
    this.timer = setInterval(() => void this.beat(), this.lease.lengthMs / HEARTBEATS_PER_LEASE);
    this.timer.unref();
    void this.beat();
  }

  /** Ends the lease and the heartbeats: what is published from now on is not heard. */
  leave(): void {
    clearInterval(this.timer);
    this.lease.end();
    this.sentAt.clear();
  }

  heard(sequence: number): void {
    const sentAt = this.sentAt.get(sequence);
    if (sentAt === undefined) return;
    this.sentAt.delete(sequence);
    this.lastHeardAt = this.clock.monotonic();
    this.lease.extend(sentAt);
  }

  /**
   * Whether a push may rely on the table of instances. A flush, restart, restore or promotion wipes or rewinds the
   * table while other instances still hold leases; it shows as a registration that was broken within the last lease.
   * The removal of single entries shows as more receivers than entries.
   *
   * @param sentAt monotonic instant at which the push was sent
   */
  isTableReliable(receipt: PushReceipt, sentAt: number): boolean {
    const own = receipt.registered.get(this.bus.instanceId);
    return (
      own !== undefined &&
      // Smaller: the table was rewound. Larger: the answer to a heartbeat was lost, and might have reported a break.
      own === this.lastReceived &&
      receipt.server === this.server &&
      receipt.receivers <= receipt.registered.size &&
      sentAt - this.unbrokenSince >= this.lease.lengthMs
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
      // If no later heartbeat gets through, the lease runs out and every check asks the store.
    }
  }

  private received(sequence: number, { previous, server }: HeartbeatReceipt): void {
    const isUnbroken = previous === this.lastReceived && server === this.server;
    // Counted from the answer, not from the sending: the registration may have been broken in between.
    if (!isUnbroken) this.unbrokenSince = this.clock.monotonic();
    this.server = server;
    this.lastReceived = Math.max(this.lastReceived, sequence);
  }
}
