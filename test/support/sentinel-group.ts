import { redisCommands } from '../cluster/history/redis-commands.js';
import { RedisServer } from './redis-server.js';
import { SentinelServer } from './sentinel-server.js';
import { TcpProxy } from './tcp-proxy.js';
import { waitUntil } from './wait-until.js';

export const MASTER_NAME = 'sessions';
const REPLICAS = 2;
/** Sentinels introduce their connections with names that contain it, to tell them from those of others. */
export const SENTINEL = 'sentinel-';
const PATIENCE = { timeoutMs: 60_000, everyMs: 100 };

/** A Redis server and the proxy through which everyone reaches it: instances, sentinels and replicas. */
export interface GroupServer {
  readonly server: RedisServer;
  readonly proxy: TcpProxy;
}

/** A master with replicas, and three sentinels. */
export class SentinelGroup {
  private constructor(
    readonly servers: readonly GroupServer[],
    readonly sentinels: readonly SentinelServer[],
  ) {}

  /** @throws {MissingProgram} */
  static async start(): Promise<SentinelGroup> {
    const servers: GroupServer[] = [];
    for (let index = 0; index <= REPLICAS; index++) {
      const master = servers[0];
      const proxy = await TcpProxy.start({ port: 0 });
      const server = await RedisServer.start({
        settings: { 'replica-announce-ip': '127.0.0.1', 'replica-announce-port': String(proxy.port) },
        ...(master ? { replicaOf: master.proxy } : {}),
      });
      proxy.retarget(server);
      servers.push({ server, proxy });
    }
    const masterPort = servers[0]?.proxy.port ?? 0;
    const options = { masterName: MASTER_NAME, masterPort, quorum: 2 };
    const sentinels = await Promise.all([1, 2, 3].map(() => SentinelServer.start(options)));
    const group = new SentinelGroup(servers, sentinels);
    await group.settled();
    return group;
  }

  get env(): Record<string, string> {
    const sentinels = this.sentinels.map(({ port }) => `127.0.0.1:${port}`);
    return { REDIS_URL: '', REDIS_SENTINELS: sentinels.join(','), REDIS_SENTINEL_NAME: MASTER_NAME };
  }

  /** The server that a majority of the sentinels takes for the master. @throws when there is none */
  async master(): Promise<GroupServer> {
    const ports = await Promise.all(
      this.sentinels.map(async ({ port }) => {
        const ask = ['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', MASTER_NAME];
        const [address] = await redisCommands(port, [ask]).catch(() => []);
        return Array.isArray(address) ? Number(address[1]) : null;
      }),
    );
    const found = this.servers.find(
      ({ proxy }) => ports.filter((port) => port === proxy.port).length * 2 > this.sentinels.length,
    );
    if (!found) throw new Error('the sentinels do not agree on a master');
    return found;
  }

  /** Waits until the sentinels have agreed on another master than this one. */
  async failedOver(from: GroupServer): Promise<GroupServer> {
    await waitUntil('there is another master', async () => (await this.master()) !== from, PATIENCE);
    return this.master();
  }

  /** Waits until every sentinel knows the others and every replica, and all of them follow the master. */
  async settled(): Promise<void> {
    const others = this.sentinels.length - 1;
    const replicas = this.servers.length - 1;
    for (const { port } of this.sentinels) {
      await waitUntil(
        'the sentinels know all servers',
        async () => {
          const [reply] = await redisCommands(port, [['SENTINEL', 'MASTER', MASTER_NAME]]);
          const text = (reply as string[]).join(' ');
          return text.includes(`num-other-sentinels ${others}`) && text.includes(`num-slaves ${replicas}`);
        },
        PATIENCE,
      );
    }
    await waitUntil(
      'every replica follows the master',
      async () => {
        const { server } = await this.master();
        const [info] = await redisCommands(server.port, [['INFO', 'replication']]);
        return String(info).split('state=online').length - 1 === replicas;
      },
      PATIENCE,
    );
  }

  async dispose(): Promise<void> {
    await Promise.all(this.sentinels.map((sentinel) => sentinel.dispose()));
    await Promise.all(this.servers.flatMap(({ server, proxy }) => [proxy.stop(), server.dispose()]));
  }
}
