/** The application's connection to Redis, as far as this package uses it. Clients of `@redis/client` 1 fit. */
export interface RedisPort {
  /** Prefix of every key and channel. */
  readonly prefix: string;
  readonly client: {
    eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
    publish(channel: string, message: string): Promise<unknown>;
  };
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
  subscribe(channel: string, listener: (message: string) => void): Promise<unknown>;
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
