import { isDeepStrictEqual } from 'node:util';
import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Config } from '../config/config.js';
import { errorMessage } from '../errors/error-message.js';
import { ClientStore } from './client-store.js';
import { configuredClient, type RegisteredClient } from './registered-client.js';

/** How long a change of the database may stay unnoticed while Postgres answers at once. */
const POLL_INTERVAL_MS = 2_000;

/** The registered clients, from memory. While Postgres cannot be reached, those that are known stay valid. */
@Injectable()
export class ClientRegistry implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(ClientRegistry.name);
  private readonly configured: readonly RegisteredClient[];
  private readonly listeners = new Set<() => void>();
  private stored: readonly RegisteredClient[] = [];
  private byId: ReadonlyMap<string, RegisteredClient> = new Map();
  private timer: NodeJS.Timeout | undefined;
  private polling: Promise<void> | null = null;
  private hasFailed = false;

  constructor(
    private readonly store: ClientStore,
    config: Config,
  ) {
    this.configured = config.clients.map(configuredClient);
  }

  /** @throws when the clients cannot be read: without them, every client would be refused */
  async onModuleInit(): Promise<void> {
    this.take(await this.store.list());
    this.timer = setInterval(() => this.poll(), POLL_INTERVAL_MS);
    this.timer.unref();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    await this.polling;
  }

  find(clientId: string): RegisteredClient | undefined {
    return this.byId.get(clientId);
  }

  /** Calls `listener` after clients, their secrets or permissions have changed. @returns a function that stops this */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private poll(): void {
    this.polling ??= this.readAgain().finally(() => {
      this.polling = null;
    });
  }

  private async readAgain(): Promise<void> {
    try {
      const stored = await this.store.list();
      this.hasFailed = false;
      if (isDeepStrictEqual(stored, this.stored)) return;
      this.take(stored);
      for (const listener of this.listeners) listener();
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
