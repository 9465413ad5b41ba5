import { Logger } from '@nestjs/common';
import { createClient } from '@redis/client';
import { type Cache, createCache } from 'cache-manager';
import { type RedisStore, redisInsStore } from 'cache-manager-redis-yet';
import { errorMessage } from '../errors/error-message.js';

const CONNECT_TIMEOUT_MS = 2_000;
const RECONNECT_MAX_MS = 500;
/** Commands that can wait for a reply: a server that hangs must not fill the memory. */
const COMMANDS_MAX = 20_000;

type Client = ReturnType<typeof createClient>;

/** Redis cannot be used now. The message is one line for the operator. */
export class RedisNotReady extends Error {
  override readonly name = 'RedisNotReady';
}

/**
 * The connection to Redis: a cache-manager cache, and its client for commands that cache-manager does not offer. While
 * Redis is unreachable, commands fail at once and the client reconnects by itself.
 */
export class RedisConnection {
  private readonly logger = new Logger('Redis');
  private wasReady = true;

  private constructor(
    private readonly url: string,
    /** The prefix of every key and channel. */
    readonly prefix: string,
    readonly client: Client,
    readonly cache: Cache<RedisStore>,
    private readonly sever: () => void,
  ) {
    client.on('error', (error: Error) => {
      if (this.wasReady) this.logger.warn(`unreachable, continuing with Postgres: ${error.message}`);
      this.wasReady = false;
    });
    client.on('ready', () => {
      if (!this.wasReady) this.logger.log('reachable again');
      this.wasReady = true;
    });
  }

  /** @throws {RedisNotReady} when the server cannot be reached now */
  static async open(url: string, prefix: string): Promise<RedisConnection> {
    // The client reads the socket options on each connect. With a new signal each time, `reset` destroys only this socket.
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
      const current = abort;
      renew();
      current.abort();
    };
    // One signal per socket: Node never removes a socket's listener from its signal.
    client.on('reconnecting', renew);
    // The client's own timeout covers only the TCP handshake: a server that is silent afterwards would block it forever.
    let handshake: NodeJS.Timeout | undefined;
    client.on('connect', () => {
      clearTimeout(handshake);
      handshake = setTimeout(sever, CONNECT_TIMEOUT_MS).unref();
    });
    for (const event of ['ready', 'error', 'end']) client.on(event, () => clearTimeout(handshake));
    // `connect` throws the first failure. Without a listener, its event would also terminate the process.
    client.on('error', () => {});
    try {
      await client.connect();
    } catch (cause) {
      throw new RedisNotReady(`Redis cannot be used: ${errorMessage(cause)}`, { cause });
    }
    isOpen = true;
    // The store's type asks for a client with Redis modules, but it uses only plain commands.
    const store = redisInsStore(client as unknown as Parameters<typeof redisInsStore>[0]);
    return new RedisConnection(url, prefix, client, createCache(store) as Cache<RedisStore>, sever);
  }

  get isReady(): boolean {
    return this.client.isReady;
  }

  /** Sends a write that changes nothing: a read-only replica would not be enough. @throws when Redis does not accept it */
  async probe(): Promise<void> {
    await this.client.del(`${this.prefix}:probe`);
  }

  /** Creates a second connection, for subscriptions. It is not connected yet and does not reconnect by itself. */
  newSubscriber(): Client {
    return createClient({
      url: this.url,
      socket: { connectTimeout: CONNECT_TIMEOUT_MS, reconnectStrategy: false },
    });
  }

  /** Replaces the current socket, which no longer responds, with a new one. */
  reset(): void {
    this.sever();
  }

  async close(): Promise<void> {
    if (this.client.isOpen) await this.client.disconnect();
  }
}
