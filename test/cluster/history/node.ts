import { ServiceProcess } from '../../support/service-process.js';
import { TcpProxy } from '../../support/tcp-proxy.js';

/** Variables whose value is a list of `host:port`. */
const VOTERS = ['REDIS_SENTINELS', 'REDIS_CLUSTER_NODES'] as const;

/** One instance of the service, with its own proxies to Redis and Postgres. */
export class Node {
  private service: ServiceProcess | null = null;
  private lastUrl = '';
  private readonly startListeners: (() => void)[] = [];

  private constructor(
    readonly index: number,
    /** Leads nowhere in a deployment without a single Redis. */
    readonly redis: TcpProxy,
    readonly postgres: TcpProxy,
    /** In front of the sentinels, or of the nodes of a Redis Cluster that are in the environment. */
    readonly voters: readonly TcpProxy[],
    private readonly env: Record<string, string>,
    private readonly before: readonly string[],
  ) {}

  /** @param before modules that are loaded before the service */
  static async prepare(
    index: number,
    servers: { redis: { port: number } | null; postgres: { port: number } },
    env: Record<string, string>,
    before: readonly string[] = [],
  ): Promise<Node> {
    const redis = await TcpProxy.start(servers.redis ?? { port: 0 });
    const postgres = await TcpProxy.start(servers.postgres);
    const voters: TcpProxy[] = [];
    const lists: Record<string, string> = {};
    for (const name of VOTERS) {
      const proxies = await Promise.all((env[name] ?? '').split(',').filter(Boolean).map(proxyTo));
      voters.push(...proxies);
      lists[name] = proxies.map(({ port }) => `127.0.0.1:${port}`).join(',');
    }
    const own = {
      ...env,
      ...lists,
      DATABASE_URL: postgres.through(env.DATABASE_URL ?? ''),
      // Without Redis, an instance is alone.
      ...(env.REDIS_URL ? { REDIS_URL: redis.through(env.REDIS_URL) } : {}),
    };
    return new Node(index, redis, postgres, voters, own, before);
  }

  /** Its current or most recent address. */
  get url(): string {
    return this.service?.url || this.lastUrl;
  }

  get log(): string {
    return this.service?.log ?? '';
  }

  /** @param listener called whenever it has started, with a new address */
  onStart(listener: () => void): void {
    this.startListeners.push(listener);
  }

  async start(): Promise<void> {
    const service = ServiceProcess.spawn(this.env, this.before);
    this.service = service;
    await service.listening();
    this.lastUrl = service.url;
    for (const listener of this.startListeners) listener();
  }

  /** Shuts down as when instances are replaced. */
  async stop(): Promise<void> {
    const { service } = this;
    this.service = null;
    await service?.stop();
  }

  async kill(): Promise<void> {
    const { service } = this;
    this.service = null;
    service?.kill();
    await service?.exit();
  }

  signal(signal: NodeJS.Signals): void {
    this.service?.signal(signal);
  }

  pause(): void {
    this.service?.pause();
  }

  resume(): void {
    this.service?.resume();
  }

  async dispose(): Promise<void> {
    await this.kill();
    await Promise.all([this.redis, this.postgres, ...this.voters].map((proxy) => proxy.stop()));
  }
}

function proxyTo(hostAndPort: string): Promise<TcpProxy> {
  return TcpProxy.start({ port: Number(hostAndPort.split(':')[1]) });
}
