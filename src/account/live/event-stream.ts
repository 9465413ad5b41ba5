import { Readable } from 'node:stream';

/**
 * Keeps proxies from closing the connection, and lets the system detect a lost client. An event instead of a comment, which
 * a page could not see: its silence tells the page that the stream no longer delivers.
 */
const HEARTBEAT = 'event: heartbeat\ndata: {}\n\n';
/** Once a client stops reading, two flags remember what is due, and only the `ended` event is still written. */
const BUFFER_BYTES = 4_096;

/** Why a session ended, for the page that was using it. */
export interface StreamEnd {
  readonly code: string;
  readonly reason?: unknown;
}

/** Server-sent events (WHATWG HTML §9.2) of one page. Handles any number of changes in bounded memory. */
export class EventStream extends Readable {
  private isBlocked = false;
  private isChangeDue = false;
  /** When the client stopped reading; `null` while it reads. */
  private blockedAt: number | null = null;
  private isOver = false;

  /** @param retryMs how long a page waits before it reconnects a broken stream */
  constructor(retryMs: number) {
    super({ highWaterMark: BUFFER_BYTES });
    this.write(`retry: ${Math.round(retryMs)}\n\n${HEARTBEAT}`);
  }

  changed(): void {
    if (this.isBlocked) this.isChangeDue = true;
    else this.write('event: changed\ndata: {}\n\n');
  }

  heartbeat(): void {
    if (!this.isBlocked) this.write(HEARTBEAT);
  }

  /** Sends the reason and closes. */
  end(end: StreamEnd): void {
    this.write(`event: ended\ndata: ${JSON.stringify(end)}\n\n`);
    this.close();
  }

  /** Closes without a reason: the page reconnects by itself. */
  close(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.push(null);
  }

  /** How long the client has not read pending data, milliseconds. @param now monotonic */
  blockedMs(now: number): number {
    return this.blockedAt === null ? 0 : now - this.blockedAt;
  }

  override _read(): void {
    this.isBlocked = false;
    this.blockedAt = null;
    if (!this.isChangeDue) return;
    this.isChangeDue = false;
    this.changed();
  }

  private write(text: string): void {
    if (this.isOver || this.destroyed) return;
    this.isBlocked = !this.push(text);
    if (this.isBlocked) this.blockedAt ??= performance.now();
  }
}
