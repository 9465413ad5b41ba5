/** The application's connection to Redis, as far as this package uses it. */
export interface RedisPort {
  /** Prefix of every key and channel. */
  readonly prefix: string;
  /** A client of `@redis/client` 1 fits. */
  readonly client: {
    eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
  };
  publish(channel: string, message: string): Promise<unknown>;
  /** Whether the channels are those of `SPUBLISH` and `SSUBSCRIBE`, in a cluster. */
  readonly usesShardedChannels: boolean;
  /**
   * Rejects unless the server that commands are sent to was still the current one at some time after this call. Where
   * another server can take over, two connections must never both be right about different servers: otherwise the
   * instances that still use the old one would not hear what is pushed through the new one.
   */
  confirm(): Promise<void>;
  /** Whether the connection is established; commands fail at once otherwise. */
  readonly isReady: boolean;
  /** A second connection, for subscriptions. It is not connected yet, and does not reconnect by itself. */
  newSubscriber(): RedisSubscriber;
  /** Replaces a socket that no longer answers. */
  reset(): void;
}

export interface RedisSubscriber {
  readonly isOpen: boolean;
  connect(): Promise<unknown>;
  disconnect(): Promise<unknown>;
  /** With one command: in a cluster, the slot of the channels may move between two of them. */
  subscribe(channels: string[], listener: (message: string, channel: string) => void): Promise<unknown>;
  on(event: 'error' | 'end', listener: () => void): unknown;
}

/** Keys with JSON values, with the methods of a cache-manager store: `mget` fails if one of the values is not JSON. */
export interface RedisKeys {
  readonly prefix: string;
  readonly cache: {
    readonly store: {
      get(key: string): Promise<unknown>;
      mget(...keys: string[]): Promise<unknown[]>;
      mset(entries: [string, unknown][], ttlMs: number): Promise<unknown>;
      mdel(...keys: string[]): Promise<unknown>;
    };
  };
}
