import { setTimeout as sleep } from 'node:timers/promises';
import type { RedisPort } from './redis-port.js';
import { withTimeout } from './with-timeout.js';

const SUBSCRIBE_TIMEOUT_MS = 2_000;

export interface SubscriberOptions {
  /** What to do with the messages of each channel, all on one connection. */
  readonly channels: Readonly<Record<string, (message: string) => void>>;
  /** Pause before a connection is replaced. */
  readonly retryDelayMs: number;
  /** All channels are subscribed to on a new connection; messages from before it are lost. */
  readonly onSubscribed: () => void;
  /** The connection is gone, or could not be established. */
  readonly onLost?: () => void;
}

/** Keeps one subscribed connection open: replaces it when it is lost or fails, until it is stopped. */
export class Subscriber {
  private renewNow: () => void = () => {};
  private isStopped = false;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly redis: Pick<RedisPort, 'newSubscriber'>,
    private readonly options: SubscriberOptions,
  ) {}

  start(): void {
    this.running = this.staySubscribed();
  }

  /** Replaces the current connection. */
  renew(): void {
    this.renewNow();
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    this.renewNow();
    await this.running;
  }

  private async staySubscribed(): Promise<void> {
    while (!this.isStopped) {
      await this.subscribeOnce();
      this.options.onLost?.();
      if (!this.isStopped) await sleep(this.options.retryDelayMs);
    }
  }

  /** Returns when the connection is lost, or could not be established. */
  private async subscribeOnce(): Promise<void> {
    const connection = this.redis.newSubscriber();
    const lost = new Promise<void>((resolve) => {
      this.renewNow = resolve;
      connection.on('error', () => resolve());
      connection.on('end', () => resolve());
    });
    try {
      await withTimeout(SUBSCRIBE_TIMEOUT_MS, async () => {
        await connection.connect();
        const { channels } = this.options;
        await connection.subscribe(Object.keys(channels), (message, channel) => channels[channel]?.(message));
      });
      this.options.onSubscribed();
      await lost;
    } catch {
      // Redis cannot be reached at the moment; the next round tries again.
    }
    if (connection.isOpen) await connection.disconnect();
  }
}
