import type { Clock } from '../clock.js';
import type { ParentConnection } from './parent-connection.js';

interface Awaited {
  readonly seq: number;
  /** The bound as it was when the ends had been written: a later pong comes after the ends on the same connection. */
  readonly until: number;
  readonly done: () => void;
}

/**
 * Waits until no guard grants what it should have heard by now: each one that may hold a lease has acknowledged it, or
 * that lease has passed on this process's clock. A lost connection does not shorten the wait.
 */
export class Acknowledgements {
  private readonly queues = new Map<ParentConnection, AwaitedOfGuard>();

  constructor(private readonly clock: Clock) {}

  /** @param connections all whose guard may hold a lease, connected or lost */
  ofEverythingSent(connections: Iterable<ParentConnection>): Promise<void> {
    return this.wait(connections, ({ sentSeq }) => sentSeq);
  }

  /** Waits until no guard holds a lease. */
  ofLeases(connections: Iterable<ParentConnection>): Promise<void> {
    return this.wait(connections, () => Number.POSITIVE_INFINITY);
  }

  /** The connection has acknowledged more, or its guard has ended its lease. */
  changed(connection: ParentConnection): void {
    this.queues.get(connection)?.check();
  }

  private wait(
    connections: Iterable<ParentConnection>,
    seqOf: (it: ParentConnection) => number,
  ): Promise<void> {
    const now = this.clock.monotonic();
    return new Promise((resolve) => {
      let missing = 1;
      const done = () => {
        missing -= 1;
        if (missing === 0) resolve();
      };
      for (const connection of connections) {
        const awaited = { seq: seqOf(connection), until: connection.leaseEndsAt, done };
        if (awaited.until <= now || connection.hasAcknowledged(awaited.seq)) continue;
        missing += 1;
        this.queueOf(connection).add(awaited);
      }
      done();
    });
  }

  private queueOf(connection: ParentConnection): AwaitedOfGuard {
    const known = this.queues.get(connection);
    if (known) return known;
    const queue = new AwaitedOfGuard(connection, this.clock, () => this.queues.delete(connection));
    this.queues.set(connection, queue);
    return queue;
  }
}

/** What one guard has not acknowledged yet, in the order in which it was sent. */
class AwaitedOfGuard {
  private readonly awaited: Awaited[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly connection: ParentConnection,
    private readonly clock: Clock,
    private readonly onEmpty: () => void,
  ) {}

  add(awaited: Awaited): void {
    this.awaited.push(awaited);
    if (this.awaited.length === 1) this.waitForBound(awaited);
  }

  check(): void {
    const now = this.clock.monotonic();
    const { connection } = this;
    // The lease of a guard that said goodbye is over, whatever its bound was before.
    const isOver = connection.leaseEndsAt === Number.NEGATIVE_INFINITY;
    for (let first = this.awaited[0]; first; first = this.awaited[0]) {
      if (!isOver && !connection.hasAcknowledged(first.seq) && first.until > now) {
        this.waitForBound(first);
        return;
      }
      this.awaited.shift();
      first.done();
    }
    clearTimeout(this.timer);
    this.onEmpty();
  }

  private waitForBound({ until }: Awaited): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.check(), Math.ceil(until - this.clock.monotonic()));
  }
}
