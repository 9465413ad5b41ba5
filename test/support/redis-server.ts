import { join } from 'node:path';
import { PrivateServer } from './private-server.js';
import { rawRedisCommand } from './raw-redis-command.js';
import { redisPrograms } from './redis-programs.js';

export interface RedisServerOptions {
  /** Keeps a snapshot file over restarts: `SAVE` and `stop` write it, `kill` does not. */
  readonly snapshot?: boolean;
  /** Such as `2mb`; eviction then follows `maxmemoryPolicy` (default of Redis: noeviction). */
  readonly maxmemory?: string;
  readonly maxmemoryPolicy?: string;
  /** Starts as a replica of this server. */
  readonly replicaOf?: { readonly port: number };
  /** Additional settings, such as `{ timeout: '1' }`. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** A private Redis server without a password. */
export class RedisServer extends PrivateServer {
  protected override readonly stopSignal = 'SIGTERM';

  private constructor(
    private readonly programs: string,
    private readonly options: RedisServerOptions,
  ) {
    super('redis');
  }

  static async start(options: RedisServerOptions = {}): Promise<RedisServer> {
    return new RedisServer(await redisPrograms(), options).start();
  }

  override get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** The snapshot file; tests copy it and put it back between a `stop` and a `start`. */
  get snapshotFile(): string {
    return join(this.directory, 'dump.rdb');
  }

  /** One of the additional settings it was started with. */
  setting(name: string): string {
    return this.options.settings?.[name] ?? '';
  }

  /** Sends one command, whose arguments must not contain spaces, and returns the first line of the reply. */
  send(command: string, timeoutMs?: number): Promise<string> {
    return rawRedisCommand(this.port, command, timeoutMs);
  }

  protected override async prepare(): Promise<void> {}

  protected override command(): [string, ...string[]] {
    const { snapshot, maxmemory, maxmemoryPolicy, replicaOf } = this.options;
    const settings: Record<string, string> = {
      bind: '127.0.0.1',
      dir: this.directory,
      // One change in an hour: `stop` then saves a snapshot, and none is saved in between.
      save: snapshot ? '3600 1' : '',
      appendonly: 'no',
      // Send a full copy to a replica immediately instead of after five seconds.
      'repl-diskless-sync-delay': '0',
      ...(maxmemory ? { maxmemory } : {}),
      ...(maxmemoryPolicy ? { 'maxmemory-policy': maxmemoryPolicy } : {}),
      ...this.options.settings,
    };
    return [
      join(this.programs, 'redis-server'),
      ...['--port', String(this.port)],
      ...Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
      ...(replicaOf ? ['--replicaof', '127.0.0.1', String(replicaOf.port)] : []),
    ];
  }

  protected override async answers(): Promise<boolean> {
    return (await this.send('PING', 1_000)) === '+PONG';
  }
}
