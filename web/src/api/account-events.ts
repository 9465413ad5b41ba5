import { me } from './account';
import { SignedOut } from './errors';
import { watchWaiting } from './user-activity';

/**
 * `live`: events arrive. `paused`: the access token has expired, and a new one waits for the user. `offline`: the browser
 * has no network.
 */
export type StreamState = 'connecting' | 'live' | 'paused' | 'offline';

export interface AccountEventHandlers {
  /** Something may have changed, so the page should reload its data. */
  onChange(): void;
  /** The stream works. Sent every few seconds. */
  onHeartbeat(): void;
  onEnd(end: SignedOut): void;
  onState(state: StreamState): void;
}

const RETRY_MS = { first: 1_000, max: 30_000 };
/** The service sends a heartbeat every 10 s. A broken network does not report that it has swallowed a stream. */
const SILENCE_MAX_MS = 25_000;
const SILENCE_CHECK_MS = 1_000;

/**
 * Receives account events while the page is visible. A hidden page closes its connection, because a browser opens at
 * most six per host over HTTP/1.1, and reloads when it becomes visible again.
 *
 * @returns a function that unsubscribes
 */
export function subscribeToAccount(handlers: AccountEventHandlers): () => void {
  const stream = new AccountEventStream(handlers);
  const stopped = new AbortController();
  const { signal } = stopped;
  const onVisibility = () => (document.hidden ? stream.close() : stream.resume());
  document.addEventListener('visibilitychange', onVisibility, { signal });
  for (const event of ['focus', 'pageshow', 'online']) addEventListener(event, onVisibility, { signal });
  addEventListener('offline', () => stream.handleOffline(), { signal });
  const unwatch = watchWaiting((isWaiting) => stream.setPaused(isWaiting));
  const timer = setInterval(() => stream.checkSilence(), SILENCE_CHECK_MS);
  if (!document.hidden) stream.open();
  return () => {
    stopped.abort();
    unwatch();
    clearInterval(timer);
    stream.close();
  };
}

class AccountEventStream {
  private source: EventSource | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private failures = 0;
  private isOpen = false;
  private isAlive = false;
  private isPaused = false;
  private isOffline = false;
  /** When the stream was last heard, or opened. */
  private heardAt = 0;

  constructor(private readonly handlers: AccountEventHandlers) {}

  open(): void {
    this.isOpen = true;
    clearTimeout(this.timer);
    if (this.source) return;
    const source = new EventSource('/account/events');
    this.source = source;
    this.heardAt = performance.now();
    // Changes from before the connection was opened were not delivered.
    source.onopen = () => this.handlers.onChange();
    // Not before a heartbeat: a proxy that compresses or buffers delivers the headers, but holds back the events.
    source.addEventListener('heartbeat', () => this.handleHeartbeat());
    source.addEventListener('changed', () => this.handlers.onChange());
    source.addEventListener('ended', ({ data }) => this.handleEnd(JSON.parse(data)));
    source.onerror = () => {
      this.setAlive(false);
      // In any other state the browser reconnects by itself.
      if (source.readyState === EventSource.CLOSED) void this.checkSession();
    };
  }

  /** The user has returned to the page: its list may be old, and its stream lost. */
  resume(): void {
    this.isOffline = !navigator.onLine;
    this.checkSilence();
    this.open();
    this.handlers.onChange();
  }

  close(): void {
    this.isOpen = false;
    this.disconnect();
  }

  handleOffline(): void {
    this.isOffline = true;
    this.disconnect();
    // The browser may be wrong about the network.
    this.reconnectLater();
  }

  setPaused(isPaused: boolean): void {
    this.isPaused = isPaused;
    this.report();
  }

  checkSilence(): void {
    if (!this.source || performance.now() - this.heardAt < SILENCE_MAX_MS) return;
    this.disconnect();
    this.reconnectLater();
  }

  private handleHeartbeat(): void {
    this.failures = 0;
    this.heardAt = performance.now();
    this.isOffline = false;
    this.setAlive(true);
    this.handlers.onHeartbeat();
  }

  private disconnect(): void {
    clearTimeout(this.timer);
    this.source?.close();
    this.source = null;
    this.setAlive(false);
  }

  private setAlive(isAlive: boolean): void {
    this.isAlive = isAlive;
    this.report();
  }

  private report(): void {
    const whileSilent = this.isOffline ? 'offline' : 'connecting';
    this.handlers.onState(this.isPaused ? 'paused' : this.isAlive ? 'live' : whileSilent);
  }

  private handleEnd({ code, reason }: { code: string; reason?: string }): void {
    // The user signed in again in this browser, in this tab or another. This page now uses the new session.
    if (reason === 'replaced') return void this.checkSession();
    this.close();
    this.handlers.onEnd(new SignedOut(code, reason ?? null));
  }

  /** `EventSource` hides why a stream was refused; any other request reveals it. */
  private async checkSession(): Promise<void> {
    this.disconnect();
    try {
      await me(true);
      this.reconnectLater();
    } catch (error) {
      if (!(error instanceof SignedOut)) this.reconnectLater();
      else if (this.isOpen) this.handlers.onEnd(error);
    }
  }

  private reconnectLater(): void {
    if (!this.isOpen) return;
    const delayMs = Math.min(RETRY_MS.max, RETRY_MS.first * 2 ** this.failures) * (0.5 + Math.random() / 2);
    clearTimeout(this.timer);
    // The first failure usually means that a new session replaced the old one, so reconnecting works at once.
    this.timer = setTimeout(() => this.open(), this.failures === 0 ? 0 : delayMs);
    this.failures += 1;
  }
}
