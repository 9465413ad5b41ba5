import { createClient, ErrorReply, type RedisClientOptions } from '@redis/client';
import type { HostAndPort } from '../config/redis-servers.js';
import { withTimeout } from '../errors/with-timeout.js';
import { RedisMisconfigured } from './redis-misconfigured.js';

/** To connect and to answer. */
const TIMEOUT_MS = 500;
/** What passes by itself. */
const TRANSIENT = /^(?:LOADING|BUSY|CLUSTERDOWN|MASTERDOWN|TRYAGAIN)/;

interface Connection {
  readonly client: ReturnType<typeof createClient>;
  readonly ready: Promise<unknown>;
  readonly abort: AbortController;
}

/** One server that is asked occasionally. It is connected when it is asked, and again after the connection was lost. */
export class Voter {
  private connection: Connection | null = null;

  /**
   * @param kind what messages call it, such as `the sentinel`
   * @param options user and TLS
   */
  constructor(
    readonly address: HostAndPort,
    private readonly kind: string,
    private readonly options: RedisClientOptions,
  ) {}

  /**
   * Sends one command.
   *
   * @throws {RedisMisconfigured} when the server refuses it; other errors when it does not answer in time
   */
  async ask(...command: string[]): Promise<unknown> {
    this.connection ??= this.connect();
    const { client, ready } = this.connection;
    try {
      return await withTimeout(TIMEOUT_MS, async () => {
        await ready;
        return client.sendCommand(command);
      });
    } catch (error) {
      if (!(error instanceof ErrorReply)) this.forget(client);
      else if (!TRANSIENT.test(error.message)) throw this.misconfigured(error.message);
      throw error;
    }
  }

  misconfigured(why: string): RedisMisconfigured {
    const { host, port } = this.address;
    return new RedisMisconfigured(`Redis cannot be used: ${this.kind} ${host}:${port} answers: ${why}`);
  }

  close(): void {
    if (this.connection) this.forget(this.connection.client);
  }

  private connect(): Connection {
    const { host, port } = this.address;
    const abort = new AbortController();
    const socket = {
      ...this.options.socket,
      ...{ host, port, connectTimeout: TIMEOUT_MS, reconnectStrategy: false as const, signal: abort.signal },
    };
    const client = createClient({ ...this.options, disableClientInfo: true, socket });
    // What waits for an answer rejects with the same error. The next question connects again.
    for (const event of ['error', 'end']) client.on(event, () => this.forget(client));
    const ready = client.connect();
    ready.catch(() => {
      // The caller awaits it as well.
    });
    return { client, ready, abort };
  }

  private forget(client: Connection['client']): void {
    if (this.connection?.client !== client) return;
    const { abort } = this.connection;
    this.connection = null;
    // Unlike `disconnect`, this also ends an attempt to connect.
    abort.abort();
  }
}
