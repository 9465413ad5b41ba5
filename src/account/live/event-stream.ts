import { Readable } from 'node:stream';

/** A comment: shows proxies that the connection lives, and the system that the client does. */
const HEARTBEAT = ':\n\n';
/** Where a client stops reading, what is due is kept in two flags, and nothing more is written. */
const BUFFER_BYTES = 4_096;

/** The end of a session, for the page that was using it. */
export interface StreamEnd {
  readonly code: string;
  readonly reason?: unknown;
}

/** Server-sent events (WHATWG HTML §9.2) of one page. Takes any number of changes in bounded memory. */
export class EventStream extends Readable {
  private isBlocked = false;
  private isChangeDue = false;
  /** Since when the client has not read; `null` while it does. */
  private blockedAt: number | null = null;
  private isOver = false;

  /** @param retryMs after how long a page whose stream has broken comes back */
  constructor(retryMs: number) {
    super({ highWaterMark: BUFFER_BYTES });
    this.write(`retry: ${Math.round(retryMs)}\n\n`);
  }

  changed(): void {
    if (this.isBlocked) this.isChangeDue = true;
    else this.write('event: changed\ndata: {}\n\n');
  }

  heartbeat(): void {
    if (!this.isBlocked) this.write(HEARTBEAT);
  }

  /** Says why, and closes. */
  end(end: StreamEnd): void {
    this.write(`event: ended\ndata: ${JSON.stringify(end)}\n\n`);
    this.close();
  }

  /** Closes without a word: the page comes back by itself. */
  close(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.push(null);
  }

  /** How long the client has read nothing of what is due, milliseconds. @param now monotonic */
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
