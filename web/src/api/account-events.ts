import { me } from './account';
import { SignedOut } from './errors';

export interface Watcher {
  /** Something may have changed: read again. */
  onChange(): void;
  onEnd(end: SignedOut): void;
  onLive(isLive: boolean): void;
}

const RETRY_MS = { first: 1_000, max: 30_000 };

/**
 * Hears of changes while the page can be seen. A hidden one gives its connection back, of which a browser has six for
 * a host, and reads again when it is shown.
 *
 * @returns stops it
 */
export function watchAccount(watcher: Watcher): () => void {
  const live = new LiveStream(watcher);
  const onVisibility = () => (document.hidden ? live.close() : live.open());
  document.addEventListener('visibilitychange', onVisibility);
  addEventListener('online', onVisibility);
  onVisibility();
  return () => {
    document.removeEventListener('visibilitychange', onVisibility);
    removeEventListener('online', onVisibility);
    live.close();
  };
}

class LiveStream {
  private source: EventSource | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private failures = 0;
  private isWanted = false;

  constructor(private readonly watcher: Watcher) {}

  open(): void {
    this.isWanted = true;
    clearTimeout(this.timer);
    if (this.source) return;
    const source = new EventSource('/account/events');
    this.source = source;
    source.onopen = () => {
      this.failures = 0;
      this.watcher.onLive(true);
      // Nobody has told us what happened before.
      this.watcher.onChange();
    };
    source.addEventListener('changed', () => this.watcher.onChange());
    source.addEventListener('ended', ({ data }) => this.end(JSON.parse(data)));
    source.onerror = () => {
      this.watcher.onLive(false);
      // Else the browser comes back by itself.
      if (source.readyState === EventSource.CLOSED) void this.askWhy();
    };
  }

  close(): void {
    this.isWanted = false;
    this.drop();
  }

  private drop(): void {
    clearTimeout(this.timer);
    this.source?.close();
    this.source = null;
  }

  private end({ code, reason }: { code: string; reason?: string }): void {
    // Somebody has signed in anew in this browser, on this page or another: the page belongs to the new session.
    if (reason === 'replaced') return void this.askWhy();
    this.close();
    this.watcher.onEnd(new SignedOut(code, reason ?? null));
  }

  /** A stream that was refused does not say why; any other request does. */
  private async askWhy(): Promise<void> {
    this.drop();
    try {
      await me(true);
      this.later();
    } catch (error) {
      if (!(error instanceof SignedOut)) this.later();
      else if (this.isWanted) this.watcher.onEnd(error);
    }
  }

  private later(): void {
    if (!this.isWanted) return;
    const delayMs = Math.min(RETRY_MS.max, RETRY_MS.first * 2 ** this.failures) * (0.5 + Math.random() / 2);
    // The first time is most often a new session in place of the old one, which is there already.
    this.timer = setTimeout(() => this.open(), this.failures === 0 ? 0 : delayMs);
    this.failures += 1;
  }
}
