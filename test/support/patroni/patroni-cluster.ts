import { debianProgram } from '../debian-program.js';
import { replicatingPostgresPrograms } from '../postgres-programs.js';
import { MissingProgram } from '../programs.js';
import { waitUntil } from '../wait-until.js';
import { EtcdServer } from './etcd-server.js';
import { PatroniNode } from './patroni-node.js';
import { PrimaryBalancer } from './primary-balancer.js';

export interface PatroniClusterOptions {
  readonly nodes: number;
  readonly isSynchronous?: boolean;
}

const PATIENCE = { timeoutMs: 60_000, everyMs: 100 };

/** Whether the programs can be found or installed; if not, prints one line that says so. */
export async function hasPatroni(): Promise<boolean> {
  try {
    for (const [name, debianPackage] of [['patroni'], ['etcd', 'etcd-server'], ['haproxy']]) {
      await debianProgram(name ?? '', debianPackage);
    }
    return true;
  } catch (error) {
    if (!(error instanceof MissingProgram)) throw error;
    process.stderr.write(`left out: the tests with Patroni, because ${error.message}\n`);
    return false;
  }
}

/** Several Postgres servers of which Patroni makes one the primary, with etcd, and HAProxy in front of them. */
export class PatroniCluster {
  /** The node that `kill` or `pause` broke. */
  #broken: PatroniNode | null = null;

  private constructor(
    readonly nodes: readonly PatroniNode[],
    readonly etcd: EtcdServer,
    private readonly balancer: PrimaryBalancer,
    private readonly isSynchronous: boolean,
  ) {}

  static async start({ nodes: count, isSynchronous = true }: PatroniClusterOptions): Promise<PatroniCluster> {
    const etcd = await EtcdServer.start();
    const nodes: PatroniNode[] = [];
    try {
      const patroni = await debianProgram('patroni');
      const postgres = await replicatingPostgresPrograms();
      const create = (index: number) =>
        new PatroniNode({ name: `node${index}`, patroni, postgres, etcdPort: etcd.port, isSynchronous });
      for (let index = 1; index <= count; index++) nodes.push(create(index));
      await Promise.all(nodes.map((node) => node.start()));
      const cluster = new PatroniCluster(nodes, etcd, await PrimaryBalancer.start(nodes), isSynchronous);
      await cluster.replicates();
      return cluster;
    } catch (error) {
      await Promise.all([...nodes, etcd].map((server) => server.dispose()));
      throw error;
    }
  }

  /** The port that leads to the primary. */
  get port(): number {
    return this.balancer.port;
  }

  get url(): string {
    return this.databaseUrl('postgres');
  }

  databaseUrl(database: string): string {
    return `postgres://postgres@127.0.0.1:${this.port}/${database}`;
  }

  /** The node that is the primary now; waits until there is one, and connections lead to it. */
  primary(): Promise<PatroniNode> {
    return waitUntil(
      'there is a primary',
      async () => {
        for (const node of this.nodes) if (await this.#isReached(node).catch(() => false)) return node;
        return null;
      },
      PATIENCE,
    );
  }

  /** Waits until every node that runs follows the primary, and commits wait for one of them if that was asked for. */
  async replicates(): Promise<void> {
    const standbys = this.nodes.filter(({ isRunning }) => isRunning).length - 1;
    await waitUntil(
      'the standbys follow the primary',
      async () => {
        const members = await (await this.primary()).members();
        const following = members.filter(
          ({ role, state, lag }) => role !== 'leader' && state === 'running' && lag === 0,
        );
        const isAwaited = following.some(({ role }) => role === 'sync_standby');
        return following.length === standbys && (isAwaited || !this.isSynchronous);
      },
      PATIENCE,
    );
  }

  /** Makes another node the primary, as for maintenance. */
  async switchOver(): Promise<void> {
    await this.replicates();
    const leader = await this.primary();
    const { status, text } = await leader.ask('/switchover', { leader: leader.name });
    if (status !== 200) throw new Error(`no switchover: ${status} ${text}`);
    await this.primary();
  }

  /** Kills the node that is the primary, as a power cut does. */
  async kill(): Promise<void> {
    this.#broken = await this.primary();
    await this.#broken.kill();
  }

  /** Kills a node that is not the primary. */
  async killStandby(): Promise<void> {
    const primary = await this.primary();
    this.#broken = this.nodes.find((node) => node !== primary) ?? null;
    await this.#broken?.kill();
  }

  /** Starts the node again that was killed, and waits until there is a primary, this one or another. */
  async start(): Promise<void> {
    await this.#broken?.start();
    await this.primary();
  }

  /** Suspends the node that is the primary. */
  async pause(): Promise<void> {
    this.#broken = await this.primary();
    this.#broken.pause();
  }

  async resume(): Promise<void> {
    this.#broken?.resume();
    await this.primary();
  }

  async #isReached(node: PatroniNode): Promise<boolean> {
    return (await node.isPrimary()) && (await this.balancer.leadsTo(node));
  }

  async dispose(): Promise<void> {
    await Promise.all([this.balancer, ...this.nodes, this.etcd].map((server) => server.dispose()));
  }
}
