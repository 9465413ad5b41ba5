import type { Clock } from './clock.js';
import type { EndedSet } from './ended-set.js';
import type { Lease } from './lease.js';

/** Whether this instance may answer from its caches now, or has to ask the store. */
export class Trust {
  private isStopped = false;
  /** Monotonic instant at which the last successful read of the recent revocations was sent. */
  private tailReadAt = Number.NEGATIVE_INFINITY;

  /**
   * @param lease `null`: there is no other instance
   * @param maxStalenessMs how long caches may be used while the store cannot be reached
   */
  constructor(
    private readonly lease: Lease | null,
    private readonly endedSet: EndedSet,
    private readonly clock: Clock,
    private readonly maxStalenessMs: number,
  ) {}

  mayUseCaches(): boolean {
    return (
      !this.isStopped &&
      this.isLeaseLive &&
      this.tailAgeMs <= this.maxStalenessMs &&
      !this.endedSet.isOverflowing
    );
  }

  /** For how long caches may be used from now on, if nothing is heard or read any more; 0 if they may not be used. */
  get remainingMs(): number {
    if (!this.mayUseCaches()) return 0;
    return Math.min(
      this.lease?.remainingMs ?? Number.POSITIVE_INFINITY,
      this.maxStalenessMs - this.tailAgeMs,
    );
  }

  get isLeaseLive(): boolean {
    return this.lease === null || this.lease.isLive();
  }

  /** How old the knowledge of recent revocations is. */
  get tailAgeMs(): number {
    return this.clock.monotonic() - this.tailReadAt;
  }

  /**
   * The recent revocations have been read and added to the ended set.
   *
   * @param sentAt monotonic instant at which the read was sent: it may miss what was committed later
   */
  tailRead(sentAt: number): void {
    this.tailReadAt = Math.max(this.tailReadAt, sentAt);
  }

  /** For good. */
  stop(): void {
    this.isStopped = true;
  }
}
