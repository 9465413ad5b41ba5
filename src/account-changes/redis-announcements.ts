import type { Authenticator } from '@latchkey/revocation/redis/authenticator';
import { Subscriber } from '@latchkey/revocation/redis/subscriber';
import { v4 as randomId } from 'uuid';
import { withTimeout } from '../errors/with-timeout.js';
import type { RedisConnection } from '../redis/redis-connection.js';

const COMMAND_TIMEOUT_MS = 1_000;
const RESUBSCRIBE_DELAY_MS = 250;
/** A subscription that misses a message from this instance to itself for this long is half open. */
const ECHO_INTERVAL_MS = 5_000;
/** Users whose announcements are kept until Redis is reachable again. */
const UNSENT_MAX = 10_000;

export interface AnnouncementListener {
  /** Another instance announced a change. */
  heard(userId: string): void;
  /** A new subscription is active. Announcements made before it may be lost. */
  resubscribed(): void;
}

/**
 * Sends announcements between instances. Uses a separate connection: leases depend on the order and speed of the
 * messages on the protocol's connection, and announcements must not delay those.
 */
export class RedisAnnouncements {
  private readonly id = randomId();
  private readonly channel: string;
  private readonly echoes: string;
  private readonly unsent = new Set<string>();
  private hasHeardItself = true;
  private timer: NodeJS.Timeout | undefined;
  private readonly subscriber: Subscriber;

  constructor(
    private readonly redis: RedisConnection,
    private readonly authenticator: Authenticator,
    private readonly listener: AnnouncementListener,
  ) {
    this.channel = `${redis.prefix}:account-changes`;
    this.echoes = `${this.channel}:${this.id}`;
    this.subscriber = new Subscriber(redis, {
      channels: {
        [this.channel]: (sealed) => this.hear(sealed),
        [this.echoes]: (sealed) => {
          if (this.authenticator.open(this.echoes, sealed) !== null) this.hasHeardItself = true;
        },
      },
      retryDelayMs: RESUBSCRIBE_DELAY_MS,
      onSubscribed: () => this.resubscribed(),
    });
  }

  start(): void {
    this.subscriber.start();
    this.timer = setInterval(() => this.listenToItself(), ECHO_INTERVAL_MS);
    this.timer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.subscriber.stop();
  }

  /** Never rejects. An announcement that cannot be sent now is sent when Redis is reachable again. */
  async publish(userId: string): Promise<void> {
    try {
      await this.say(this.channel, `${this.id} ${userId}`);
      this.unsent.delete(userId);
    } catch {
      if (this.unsent.size < UNSENT_MAX) this.unsent.add(userId);
    }
  }

  private resubscribed(): void {
    this.hasHeardItself = true;
    this.listener.resubscribed();
    this.sendUnsent();
  }

  private sendUnsent(): void {
    for (const userId of this.unsent) void this.publish(userId);
  }

  private listenToItself(): void {
    if (!this.hasHeardItself) this.subscriber.renew();
    this.hasHeardItself = false;
    this.say(this.echoes, '').then(
      () => this.sendUnsent(),
      () => {
        // No echo will arrive, so the next interval renews the subscription.
      },
    );
  }

  private hear(sealed: string): void {
    const text = this.authenticator.open(this.channel, sealed);
    if (text === null) return;
    const [from, userId = ''] = text.split(' ', 2);
    if (from !== this.id) this.listener.heard(userId);
  }

  private async say(channel: string, text: string): Promise<void> {
    const sealed = this.authenticator.seal(channel, text);
    await withTimeout(COMMAND_TIMEOUT_MS, () => this.redis.publish(channel, sealed));
  }
}
