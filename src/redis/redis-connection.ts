import { once } from 'node:events';
import type { RedisSubscriber } from '@latchkey/revocation/redis/redis-port';
import { Logger } from '@nestjs/common';
import { type Cache, createCache } from 'cache-manager';
import { type RedisStore, redisInsStore } from 'cache-manager-redis-yet';
import type { RedisServers } from '../config/redis-servers.js';
import { errorMessage } from '../errors/error-message.js';
import { createLocator, prefixIn } from './create-locator.js';
import { type Client, clientOptions, createSeverableClient, type SeverableClient } from './redis-client.js';
import { RedisMisconfigured } from './redis-misconfigured.js';
import { RedisRefusesWrites, requireRights } from './redis-rights.js';
import { createSubscriber } from './redis-subscriber.js';
import { isSameLocation, type ServerLocation, type ServerLocator } from './server-location.js';

const RIGHTS_INTERVAL_MS = 10_000;
/** How often the server is looked for while there is no connection. */
const LOCATE_INTERVAL_MS = 250;

/** What Redis refuses. */
type RedisFault = RedisMisconfigured | RedisRefusesWrites;

/** Redis cannot be used now. The message is one line for the operator. */
export class RedisNotReady extends Error {
  override readonly name = 'RedisNotReady';
}

/**
 * The connection to the Redis server that serves the instances: a cache-manager cache, and its client for commands that
 * cache-manager does not offer. While Redis is unreachable, commands fail at once and the client reconnects by itself, with
 * Sentinel or a cluster to the server that is the master by then.
 */
export class RedisConnection {
  private readonly logger = new Logger('Redis');
  private readonly locator: ServerLocator | null;
  private location: ServerLocation | null = null;
  private readonly severable: SeverableClient;
  /** The prefix of every key and channel. */
  readonly prefix: string;
  readonly client: Client;
  readonly cache: Cache<RedisStore>;
  /** Those that are open: they end when another server takes over. */
  private readonly subscribers = new Set<RedisSubscriber>();
  private isClosed = false;
  private wasReady = true;
  private misconfiguration: string | null = null;
  /** The fault that the log named last, until Redis was found usable. */
  private loggedFault: string | null = null;
  private rightsTimer: NodeJS.Timeout | undefined;
  private locateTimer: NodeJS.Timeout | undefined;

  private constructor(
    private readonly servers: RedisServers,
    prefix: string,
  ) {
    this.prefix = prefixIn(servers, prefix);
    this.locator = createLocator(servers, this.prefix);
    this.severable = createSeverableClient(servers);
    this.client = this.severable.client;
    // The store's type asks for a client with Redis modules, but it uses only plain commands.
    const store = redisInsStore(this.client as unknown as Parameters<typeof redisInsStore>[0]);
    this.cache = createCache(store) as Cache<RedisStore>;
  }

  /** @throws {RedisNotReady} when the server cannot be reached now */
  static async open(servers: RedisServers, prefix: string): Promise<RedisConnection> {
    const connection = new RedisConnection(servers, prefix);
    try {
      await connection.connect();
    } catch (cause) {
      await connection.close();
      throw new RedisNotReady(`Redis cannot be used: ${errorMessage(cause)}`, { cause });
    }
    connection.logChanges();
    return connection;
  }

  /**
   * Opens it for a service, which also starts while Redis is unreachable: one that runs continues then, and a crash loop
   * would keep operators from adding instances.
   *
   * @throws {RedisMisconfigured}
   */
  static async openForService(servers: RedisServers, prefix: string): Promise<RedisConnection> {
    const connection = new RedisConnection(servers, prefix);
    const [[connected], fault] = await Promise.all([
      Promise.allSettled([connection.connect()]),
      connection.checkRights(),
    ]);
    if (fault instanceof RedisMisconfigured || (fault instanceof RedisRefusesWrites && fault.isReplica)) {
      await connection.close();
      throw new RedisMisconfigured(fault.message);
    }
    if (connected.status === 'rejected' && !connection.isReady) connection.lost(connected.reason);
    connection.logChanges();
    connection.logFault(fault);
    connection.watchRights();
    return connection;
  }

  /** @throws when the first attempt fails; the client continues to try */
  private async connect(): Promise<void> {
    if (this.locator) {
      this.locateTimer = setInterval(() => {
        if (!this.isReady) this.followSoon();
      }, LOCATE_INTERVAL_MS).unref();
      await this.follow(this.locator);
      if (this.isReady) return;
    } else this.client.connect().catch(() => {});
    await once(this.client, 'ready');
  }

  /** Connects to the server that is the current one now. @throws when it is not known now */
  private async follow(locator: ServerLocator): Promise<void> {
    const found = await locator.locate();
    if (this.isClosed || (this.location && isSameLocation(found, this.location))) return;
    this.location = found;
    this.severable.moveTo(found);
    for (const subscriber of this.subscribers) if (subscriber.isOpen) await subscriber.disconnect();
    if (this.client.isOpen) this.severable.sever();
    else this.client.connect().catch(() => {});
  }

  private logChanges(): void {
    this.client.on('error', (error: Error) => this.lost(error));
    this.client.on('ready', () => {
      if (!this.wasReady) this.logger.log('reachable again');
      this.wasReady = true;
    });
  }

  private lost(error: unknown): void {
    if (this.wasReady) this.logger.warn(`unreachable, continuing with Postgres: ${errorMessage(error)}`);
    this.wasReady = false;
  }

  /** A proxy may lead to another server after a reconnect, and rights can change at any time. */
  private watchRights(): void {
    const check = async () => this.logFault(await this.checkRights());
    this.client.on('ready', check);
    this.rightsTimer = setInterval(check, RIGHTS_INTERVAL_MS).unref();
  }

  /** @param fault `unknown` while Redis cannot be reached: that does not mean that it is usable again */
  private logFault(fault: RedisFault | null | 'unknown'): void {
    if (fault === 'unknown') return;
    const message = fault?.message ?? null;
    if (message === this.loggedFault) return;
    this.loggedFault = message;
    if (fault === null) this.logger.log('usable again');
    else if (fault instanceof RedisMisconfigured) this.logger.error(message);
    else this.logger.warn(message);
  }

  /** Never rejects. @returns `unknown` if Redis cannot be reached now */
  private async checkRights(): Promise<RedisFault | null | 'unknown'> {
    const fault = await this.findFault();
    // Refused writes are not counted: an outage of Redis does not take instances out of service either.
    this.misconfiguration = fault instanceof RedisMisconfigured ? fault.message : null;
    return fault;
  }

  private async findFault(): Promise<RedisFault | null | 'unknown'> {
    try {
      if (this.locator) await this.follow(this.locator);
      const options = clientOptions(this.servers, this.location);
      await requireRights(options, this.prefix, this.servers.kind);
      return null;
    } catch (error) {
      return error instanceof RedisMisconfigured || error instanceof RedisRefusesWrites ? error : 'unknown';
    }
  }

  /** Whether Redis answers but refuses what the service needs, such as a command. */
  get isMisconfigured(): boolean {
    return this.misconfiguration !== null;
  }

  get isReady(): boolean {
    return this.client.isReady;
  }

  /** Sends a write that changes nothing: a read-only replica would not be enough. @throws when Redis does not accept it */
  async probe(): Promise<void> {
    await Promise.all([this.client.del(`${this.prefix}:probe`), this.confirm()]);
  }

  /**
   * Asks whether the server that commands are sent to still is the current one.
   *
   * @throws when another one has taken over, or when that is not known
   */
  async confirm(): Promise<void> {
    if (!this.locator) return;
    const used = this.location;
    await this.follow(this.locator);
    if (used === null || used !== this.location) throw new RedisNotReady('another server has taken over');
  }

  get usesShardedChannels(): boolean {
    return this.servers.kind === 'cluster';
  }

  async publish(channel: string, message: string): Promise<void> {
    if (this.usesShardedChannels) await this.client.sPublish(channel, message);
    else await this.client.publish(channel, message);
  }

  /** Creates a second connection, for subscriptions. It is not connected yet and does not reconnect by itself. */
  newSubscriber(): RedisSubscriber {
    // The one before may have been lost because another server has taken over.
    this.followSoon();
    const subscriber = createSubscriber(this.servers, this.location);
    this.subscribers.add(subscriber);
    subscriber.on('end', () => this.subscribers.delete(subscriber));
    subscriber.on('error', () => this.subscribers.delete(subscriber));
    return subscriber;
  }

  /** Never fails: the current server may not be known now. */
  private followSoon(): void {
    if (this.locator) this.follow(this.locator).catch(() => {});
  }

  /** Replaces the current socket, which no longer responds, with a new one. */
  reset(): void {
    this.severable.sever();
  }

  async close(): Promise<void> {
    this.isClosed = true;
    clearInterval(this.rightsTimer);
    clearInterval(this.locateTimer);
    this.locator?.close();
    if (this.client.isOpen) await this.client.disconnect();
  }
}
