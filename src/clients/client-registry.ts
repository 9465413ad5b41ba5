import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Config } from '../config/config.js';
import { errorMessage } from '../errors/error-message.js';
import { ClientStore } from './client-store.js';
import { configuredClient, type RegisteredClient } from './registered-client.js';

/** How long a change of the database may stay unnoticed while Postgres answers at once. */
const POLL_INTERVAL_MS = 2_000;
/** Every client can cause reads, by presenting an unknown id. They are this part of the interval apart. */
const MIN_DISTANCE = 1 / 4;

/** The registered clients, from memory. While Postgres cannot be reached, those that are known stay valid. */
export class ClientRegistry implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(ClientRegistry.name);
  private readonly configured: readonly RegisteredClient[];
  private readonly listeners = new Set<() => void>();
  private stored: readonly RegisteredClient[] = [];
  private byId: ReadonlyMap<string, RegisteredClient> = new Map();
  private timer: NodeJS.Timeout | undefined;
  private readAt = Number.NEGATIVE_INFINITY;
  private reading: Promise<void> = Promise.resolve();
  private nextRead: Promise<void> | null = null;
  private hasFailed = false;

  constructor(
    private readonly store: ClientStore,
    config: Config,
    private readonly pollIntervalMs = POLL_INTERVAL_MS,
  ) {
    this.configured = config.clients.map(configuredClient);
  }

  /** @throws when the clients cannot be read: without them, every client would be refused */
  async onModuleInit(): Promise<void> {
    this.take(await this.store.list());
    this.timer = setInterval(() => void this.poll(), this.pollIntervalMs);
    this.timer.unref();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    await Promise.allSettled([this.nextRead, this.reading]);
  }

  find(clientId: string): RegisteredClient | undefined {
    return this.byId.get(clientId);
  }

  /** Calls `listener` after clients, their secrets or permissions have changed. @returns a function that stops this */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /**
   * Reads the database once more: what was changed there before this call is known afterwards. Callers share a read.
   *
   * @throws when the clients cannot be read
   */
  readNow(): Promise<void> {
    this.nextRead ??= this.readNext();
    return this.nextRead;
  }

  private async readNext(): Promise<void> {
    await Promise.allSettled([this.reading]);
    await sleep(Math.max(0, this.readAt + this.pollIntervalMs * MIN_DISTANCE - performance.now()));
    // Who calls from here on may know of a change that this read misses.
    this.nextRead = null;
    this.readAt = performance.now();
    this.reading = this.read();
    return this.reading;
  }

  private async read(): Promise<void> {
    const stored = await this.store.list();
    this.hasFailed = false;
    if (isDeepStrictEqual(stored, this.stored)) return;
    this.take(stored);
    for (const listener of this.listeners) listener();
  }

  private async poll(): Promise<void> {
    try {
      await this.readNow();
    } catch (error) {
      // Once for each outage.
      if (!this.hasFailed)
        this.logger.warn(`clients not read, the known ones stay valid: ${errorMessage(error)}`);
      this.hasFailed = true;
    }
  }

  /** A configured client replaces one of the database as a whole: an operator then finds its definition in one place. */
  private take(stored: readonly RegisteredClient[]): void {
    this.stored = stored;
    this.byId = new Map([...stored, ...this.configured].map((client) => [client.clientId, client]));
    for (const { clientId } of this.configured) {
      if (stored.some((client) => client.clientId === clientId)) {
        this.logger.warn(
          `client ${clientId} is in LATCHKEY_CLIENTS and in the database: the latter is ignored`,
        );
      }
    }
  }
}
