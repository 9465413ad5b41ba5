import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { REDIS } from '../redis/redis.module.js';
import { RedisAuthenticators } from '../redis/redis-authenticators.js';
import type { RedisConnection } from '../redis/redis-connection.js';
import { RedisAnnouncements } from './redis-announcements.js';

/**
 * Notifies every viewer of an account, on any instance, that something in the account changed. Only a hint to read it
 * again: it may arrive twice, or late while Redis is unreachable.
 */
@Injectable()
export class AccountChanges implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly listeners = new Map<string, Set<() => void>>();
  private readonly announcements: RedisAnnouncements | null;

  constructor(@Inject(REDIS) redis: RedisConnection | null, authenticators: RedisAuthenticators) {
    this.announcements =
      redis &&
      new RedisAnnouncements(redis, authenticators.accountChanges, {
        heard: (userId) => this.notify(userId),
        resubscribed: () => {
          for (const userId of this.listeners.keys()) this.notify(userId);
        },
      });
  }

  onApplicationBootstrap(): void {
    this.announcements?.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.announcements?.stop();
  }

  /** Call this after the change is committed. It returns at once and never fails. */
  announce(userId: string): void {
    this.notify(userId);
    void this.announcements?.publish(userId);
  }

  /**
   * @param listener must not throw
   * @returns a function that cancels the subscription
   */
  subscribe(userId: string, listener: () => void): () => void {
    const listeners = this.listeners.get(userId) ?? new Set();
    this.listeners.set(userId, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.listeners.get(userId) === listeners) this.listeners.delete(userId);
    };
  }

  private notify(userId: string): void {
    for (const listener of [...(this.listeners.get(userId) ?? [])]) listener();
  }
}
