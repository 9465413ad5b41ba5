import { SessionEnded } from '../errors.js';
import type { LiveState } from '../events.js';
import { isWaitingForUser } from '../user-presence.js';
import { EventParser, type ServerEvent } from './event-parser.js';

export interface StreamHandlers {
  /** Opens the stream. @throws {SessionEnded} if the session has ended */
  open(signal: AbortSignal): Promise<Response>;
  onChange(): void;
  onHeartbeat(): void;
  onEnd(end: SessionEnded): void;
  onState(state: LiveState): void;
}

const RETRY_MS = { first: 500, max: 30_000 };
/** The service sends a heartbeat every 10 s. A broken network does not report that it has swallowed a stream. */
const SILENCE_MAX_MS = 25_000;

/** Reads the account events, and reconnects until it is closed or the session has ended. */
export class AccountStream {
  readonly #closed = new AbortController();
  #attempt = new AbortController();
  #isOpening = false;
  /** When the service was last heard, by the monotonic clock. */
  #heardAt = 0;
  #failures = 0;
  #wake: () => void = () => {};

  constructor(private readonly handlers: StreamHandlers) {}

  start(): void {
    void this.#run();
    const { signal } = this.#closed;
    globalThis.addEventListener?.('online', () => this.#wake(), { signal });
    globalThis.addEventListener?.('offline', () => this.#attempt.abort(), { signal });
  }

  close(): void {
    if (this.#closed.signal.aborted) return;
    this.#closed.abort();
    this.#attempt.abort();
    this.#wake();
    this.handlers.onState('closed');
  }

  /** Called every second. A timer of its own would end early in a page that was frozen. */
  check(): void {
    // The request waits for the user, and not for the network.
    if (this.#isOpening && isWaitingForUser()) this.#hear();
    else if (performance.now() - this.#heardAt > SILENCE_MAX_MS) this.#attempt.abort();
  }

  /** Reconnects at once if the stream is lost. */
  retry(): void {
    this.check();
    this.#wake();
  }

  async #run(): Promise<void> {
    while (!this.#closed.signal.aborted) {
      this.#reportLost();
      try {
        await this.#read();
      } catch (error) {
        if (error instanceof SessionEnded) return this.close();
        // Everything else passes.
      }
      this.#reportLost();
      await this.#pause();
    }
  }

  #reportLost(): void {
    if (!this.#closed.signal.aborted)
      this.handlers.onState(globalThis.navigator?.onLine === false ? 'offline' : 'connecting');
  }

  async #read(): Promise<void> {
    const attempt = new AbortController();
    this.#attempt = attempt;
    this.#hear();
    this.#isOpening = true;
    try {
      const response = await this.handlers.open(attempt.signal);
      this.#isOpening = false;
      if (!response.ok || !response.body) return void response.body?.cancel();
      this.#hear();
      // Changes from before the connection was opened were not delivered.
      this.handlers.onChange();
      const parser = new EventParser();
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        this.#hear();
        for (const event of parser.add(part.value)) this.#handle(event);
      }
    } finally {
      this.#isOpening = false;
      attempt.abort();
    }
  }

  #hear(): void {
    this.#heardAt = performance.now();
  }

  #handle({ type, data }: ServerEvent): void {
    this.#failures = 0;
    // Not before an event: a proxy that buffers delivers the headers, but holds back the events.
    this.handlers.onState('live');
    if (type === 'changed') this.handlers.onChange();
    if (type === 'heartbeat') this.handlers.onHeartbeat();
    if (type === 'ended') {
      const { code, reason } = JSON.parse(data) as { code: string; reason?: string };
      this.handlers.onEnd(new SessionEnded(code, reason ?? null));
    }
  }

  #pause(): Promise<void> {
    const delayMs = Math.min(RETRY_MS.max, RETRY_MS.first * 2 ** this.#failures) * (0.5 + Math.random() / 2);
    this.#failures += 1;
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.#closed.signal.aborted ? 0 : delayMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
