import type { Clock } from './clock.js';
import type { Lease } from './lease.js';

/** Whether this instance may answer from its caches now, or has to ask the store. */
export class Trust {
  private isStopped = false;
  /** Monotonic instant at which the last successful read of the recent revocations was sent. */
  private tailReadAt = Number.NEGATIVE_INFINITY;
  /** Monotonic instant at which the last read was sent that had more than one page. */
  private behindAt = Number.NEGATIVE_INFINITY;

  /**
   * @param lease `null`: there is no other instance
   * @param maxStalenessMs how long caches may be used while the store cannot be reached
   */
  constructor(
    private readonly lease: Lease | null,
    private readonly clock: Clock,
    private readonly maxStalenessMs: number,
  ) {}

  mayUseCaches(): boolean {
    return (
      !this.isStopped &&
      this.isLeaseLive &&
      this.tailReadAt > this.behindAt &&
      this.tailAgeMs <= this.maxStalenessMs
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

  /**
   * The store has more recent revocations than fit in one page. Caches are not trusted until a later read has only one: how
   * many sessions end at once must not delay when they are refused, nor those that end while the pages are read.
   *
   * @param sentAt monotonic instant at which the read was sent
   */
  tailIsBehind(sentAt: number): void {
    this.behindAt = Math.max(this.behindAt, sentAt);
  }

  /** For good. */
  stop(): void {
    this.isStopped = true;
  }
}
