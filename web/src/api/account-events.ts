import { me } from './account';
import { SignedOut } from './errors';

export interface AccountEventHandlers {
  /** Something may have changed, so the page should reload its data. */
  onChange(): void;
  onEnd(end: SignedOut): void;
  onConnected(isConnected: boolean): void;
}

const RETRY_MS = { first: 1_000, max: 30_000 };

/**
 * Receives account events while the page is visible. A hidden page closes its connection, because a browser opens at
 * most six per host over HTTP/1.1, and reloads when it becomes visible again.
 *
 * @returns a function that unsubscribes
 */
export function subscribeToAccount(handlers: AccountEventHandlers): () => void {
  const stream = new AccountEventStream(handlers);
  const onVisibility = () => (document.hidden ? stream.close() : stream.open());
  document.addEventListener('visibilitychange', onVisibility);
  addEventListener('online', onVisibility);
  onVisibility();
  return () => {
    document.removeEventListener('visibilitychange', onVisibility);
    removeEventListener('online', onVisibility);
    stream.close();
  };
}

class AccountEventStream {
  private source: EventSource | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private failures = 0;
  private isOpen = false;

  constructor(private readonly handlers: AccountEventHandlers) {}

  open(): void {
    this.isOpen = true;
    clearTimeout(this.timer);
    if (this.source) return;
    const source = new EventSource('/account/events');
    this.source = source;
    source.onopen = () => {
      this.failures = 0;
      this.handlers.onConnected(true);
      // Changes from before the connection was opened were not delivered.
      this.handlers.onChange();
    };
    source.addEventListener('changed', () => this.handlers.onChange());
    source.addEventListener('ended', ({ data }) => this.handleEnd(JSON.parse(data)));
    source.onerror = () => {
      this.handlers.onConnected(false);
      // In any other state the browser reconnects by itself.
      if (source.readyState === EventSource.CLOSED) void this.checkSession();
    };
  }

  close(): void {
    this.isOpen = false;
    this.disconnect();
  }

  private disconnect(): void {
    clearTimeout(this.timer);
    this.source?.close();
    this.source = null;
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
    // The first failure usually means that a new session replaced the old one, so reconnecting works at once.
    this.timer = setTimeout(() => this.open(), this.failures === 0 ? 0 : delayMs);
    this.failures += 1;
  }
}
