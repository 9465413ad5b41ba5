import { ServiceProcess } from '../../support/service-process.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import type { Node } from './node.js';

/** How the clients open streams at a guarded server. */
export type StreamKind = 'server-sent events' | 'WebSocket';

/** A kind of guarded server. */
export interface GuardedServerKind {
  readonly name: string;
  /** From the root of the project. */
  readonly program: string;
  readonly streams: readonly StreamKind[];
}

export interface Gateway {
  url(): string;
  stop(): Promise<void>;
}

/** A resource server with a guard, as a separate process, with its own proxy to each instance. */
export class GuardedServer {
  private process: ServiceProcess | null = null;
  private lastUrl = '';
  private gateway: Gateway | null = null;

  private constructor(
    /** Counted on from the instances. */
    readonly index: number,
    readonly kind: GuardedServerKind,
    /** To the instances, in their order. */
    readonly links: readonly TcpProxy[],
    private readonly env: Record<string, string>,
    private readonly before: readonly string[],
  ) {}

  /**
   * @param nodes the instances that its guard may connect to; they have been started
   * @param before modules that are loaded before the server
   */
  static async prepare(
    index: number,
    kind: GuardedServerKind,
    nodes: readonly Node[],
    env: Record<string, string>,
    before: readonly string[] = [],
  ): Promise<GuardedServer> {
    const links = await Promise.all(nodes.map((node) => linkTo(node)));
    const service = links.map(({ port }) => `http://127.0.0.1:${port}`).join(',');
    return new GuardedServer(index, kind, links, { LATCHKEY_SERVICE: service, ...env }, before);
  }

  /** Its current or most recent address. */
  get url(): string {
    return this.gateway?.url() ?? (this.process?.url || this.lastUrl);
  }

  get log(): string {
    return this.process?.log ?? '';
  }

  /** @param gateway in front of it: what clients use instead. It is stopped with the server */
  behind(gateway: Gateway): void {
    this.gateway = gateway;
  }

  async start(): Promise<void> {
    this.process = await ServiceProcess.start(this.env, this.before, this.kind.program);
    this.lastUrl = this.process.url;
  }

  async kill(): Promise<void> {
    const { process } = this;
    this.process = null;
    process?.kill();
    await process?.exit();
  }

  pause(): void {
    this.process?.pause();
  }

  resume(): void {
    this.process?.resume();
  }

  async dispose(): Promise<void> {
    await this.kill();
    await Promise.all([this.gateway?.stop(), ...this.links.map((link) => link.stop())]);
  }
}

/** An instance that starts again has another port. */
async function linkTo(node: Node): Promise<TcpProxy> {
  const target = () => ({ port: Number(new URL(node.url).port) });
  const link = await TcpProxy.start(target());
  node.onStart(() => link.retarget(target()));
  return link;
}
