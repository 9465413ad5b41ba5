import { me } from './account';
import { SignedOut } from './errors';

export interface AccountEventHandlers {
  /** Something may have changed: read again. */
  onChange(): void;
  onEnd(end: SignedOut): void;
  onConnected(isConnected: boolean): void;
}

const RETRY_MS = { first: 1_000, max: 30_000 };

/**
 * Hears of changes while the page can be seen. A hidden one gives its connection back, of which a browser has six for
 * a host, and reads again when it is shown.
 *
 * @returns stops it
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
      // Nobody has told us what happened before.
      this.handlers.onChange();
    };
    source.addEventListener('changed', () => this.handlers.onChange());
    source.addEventListener('ended', ({ data }) => this.handleEnd(JSON.parse(data)));
    source.onerror = () => {
      this.handlers.onConnected(false);
      // Else the browser comes back by itself.
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
    // Somebody has signed in anew in this browser, on this page or another: the page belongs to the new session.
    if (reason === 'replaced') return void this.checkSession();
    this.close();
    this.handlers.onEnd(new SignedOut(code, reason ?? null));
  }

  /** A stream that was refused does not say why; any other request does. */
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
    // The first time is most often a new session in place of the old one, which is there already.
    this.timer = setTimeout(() => this.open(), this.failures === 0 ? 0 : delayMs);
    this.failures += 1;
  }
}
