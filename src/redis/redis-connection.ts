import { Logger } from '@nestjs/common';
import { createClient } from '@redis/client';
import { type Cache, createCache } from 'cache-manager';
import { type RedisStore, redisInsStore } from 'cache-manager-redis-yet';
import { errorMessage } from '../errors/error-message.js';

const CONNECT_TIMEOUT_MS = 2_000;
const RECONNECT_MAX_MS = 500;
/** Commands that may wait for an answer; a server that hangs must not fill the memory. */
const COMMANDS_MAX = 20_000;

type Client = ReturnType<typeof createClient>;

/** Told to whoever starts the service, in one line. */
export class RedisNotReady extends Error {
  override readonly name = 'RedisNotReady';
}

/**
 * The connection to Redis: cache-manager over its store, and the same store's client for what cache-manager
 * has no verb for. While Redis cannot be reached commands fail at once, and it reconnects by itself.
 */
export class RedisConnection {
  private readonly logger = new Logger('Redis');
  private wasReady = true;

  private constructor(
    private readonly url: string,
    /** Prefix of every key and channel of this service. */
    readonly prefix: string,
    readonly client: Client,
    readonly cache: Cache<RedisStore>,
    private readonly sever: () => void,
  ) {
    client.on('error', (error: Error) => {
      if (this.wasReady) this.logger.warn(`cannot be reached, going on from Postgres: ${error.message}`);
      this.wasReady = false;
    });
    client.on('ready', () => {
      if (!this.wasReady) this.logger.log('can be reached again');
      this.wasReady = true;
    });
  }

  /** @throws {RedisNotReady} when the server cannot be reached now */
  static async open(url: string, prefix: string): Promise<RedisConnection> {
    // The socket's options are read anew at each connect: a fresh signal lets `reset` destroy the present socket.
    let abort = new AbortController();
    let isOpen = false;
    const socket = {
      connectTimeout: CONNECT_TIMEOUT_MS,
      reconnectStrategy: (retries: number) => isOpen && Math.min(50 + retries * 50, RECONNECT_MAX_MS),
      signal: abort.signal,
    };
    const client = createClient({
      url,
      socket,
      disableOfflineQueue: true,
      commandsQueueMaxLength: COMMANDS_MAX,
    });
    const renew = () => {
      abort = new AbortController();
      socket.signal = abort.signal;
    };
    const sever = () => {
      const present = abort;
      renew();
      present.abort();
    };
    // Each socket a signal of its own: Node leaves a listener of every socket on its signal for good.
    client.on('reconnecting', renew);
    // The client's timeout ends with TCP's handshake; a server that says nothing after it would hold it for ever.
    let handshake: NodeJS.Timeout | undefined;
    client.on('connect', () => {
      clearTimeout(handshake);
      handshake = setTimeout(sever, CONNECT_TIMEOUT_MS).unref();
    });
    for (const event of ['ready', 'error', 'end']) client.on(event, () => clearTimeout(handshake));
    // The first failure is thrown by `connect`; without a listener it would also end the process.
    client.on('error', () => {});
    try {
      await client.connect();
    } catch (cause) {
      throw new RedisNotReady(`Redis cannot be used: ${errorMessage(cause)}`, { cause });
    }
    isOpen = true;
    // The store is typed for a client with Redis modules; it only uses plain commands.
    const store = redisInsStore(client as unknown as Parameters<typeof redisInsStore>[0]);
    return new RedisConnection(url, prefix, client, createCache(store) as Cache<RedisStore>, sever);
  }

  get isReady(): boolean {
    return this.client.isReady;
  }

  /** Asks with a write that changes nothing: a read-only replica is of no use here. @throws when it is not to be had */
  async probe(): Promise<void> {
    await this.client.del(`${this.prefix}:probe`);
  }

  /** A second connection, for subscriptions. It is not connected yet and does not reconnect by itself. */
  newSubscriber(): Client {
    return createClient({
      url: this.url,
      socket: { connectTimeout: CONNECT_TIMEOUT_MS, reconnectStrategy: false },
    });
  }

  /** Gives up the present socket, which answers nothing any more, for a new one. */
  reset(): void {
    this.sever();
  }

  async close(): Promise<void> {
    if (this.client.isOpen) await this.client.disconnect();
  }
}
