import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { REDIS } from '../redis/redis.module.js';
import type { RedisConnection } from '../redis/redis-connection.js';
import { RedisAnnouncements } from './redis-announcements.js';

/**
 * Tells whoever looks at an account, on any instance, that something of it has changed. A hint to read again, no
 * more: it may come twice, or late while Redis is away.
 */
@Injectable()
export class AccountChanges implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly listeners = new Map<string, Set<() => void>>();
  private readonly announcements: RedisAnnouncements | null;

  constructor(@Inject(REDIS) redis: RedisConnection | null) {
    this.announcements =
      redis &&
      new RedisAnnouncements(redis, {
        heard: (userId) => this.tell(userId),
        resubscribed: () => {
          for (const userId of this.listeners.keys()) this.tell(userId);
        },
      });
  }

  onApplicationBootstrap(): void {
    this.announcements?.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.announcements?.stop();
  }

  /** To be called once the change is committed. Neither waits nor fails. */
  announce(userId: string): void {
    this.tell(userId);
    void this.announcements?.publish(userId);
  }

  /**
   * @param listener must not throw
   * @returns ends the subscription
   */
  subscribe(userId: string, listener: () => void): () => void {
    const listeners = this.listeners.get(userId) ?? new Set();
    this.listeners.set(userId, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.listeners.get(userId) === listeners) this.listeners.delete(userId);
    };
  }

  private tell(userId: string): void {
    for (const listener of [...(this.listeners.get(userId) ?? [])]) listener();
  }
}
