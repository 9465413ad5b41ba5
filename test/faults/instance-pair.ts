import { setTimeout as sleep } from 'node:timers/promises';
import { Api, type Tokens } from '../support/api.js';
import { Traffic } from '../support/traffic.js';
import { waitUntil } from '../support/wait-until.js';
import { Cluster } from './history/cluster.js';
import type { Node } from './history/node.js';

/** A lease (3 s) and one heartbeat more: from then on a revoke need not wait for a lease. */
const SETTLED_MS = 4_200;
/** By then it is refused, however busy the machine is. */
const GIVE_UP_MS = 15_000;

/** Two instances with ways of their own to Redis and Postgres, settled with each other. */
export class InstancePair {
  private constructor(
    readonly cluster: Cluster,
    readonly one: Node,
    readonly other: Node,
  ) {}

  static async start(env: Record<string, string> = {}): Promise<InstancePair> {
    const cluster = await Cluster.start({ instances: 2, env });
    const [one, other] = cluster.nodes;
    if (!one || !other) throw new Error('two instances were to start');
    const pair = new InstancePair(cluster, one, other);
    await pair.settle();
    return pair;
  }

  get apis(): [Api, Api] {
    return [apiOf(this.one), apiOf(this.other)];
  }

  /** Makes everything whole, and waits until both trust their caches. */
  async recover(): Promise<void> {
    for (const { redis, postgres } of [this.one, this.other]) {
      await redis.heal();
      await postgres.heal();
    }
    await this.cluster.recovered();
  }

  /** Waits until both vouch for the table of instances as well. */
  async settle(): Promise<void> {
    await this.recover();
    await sleep(SETTLED_MS);
  }

  /** Sessions that both instances hold in memory. */
  async warm(count: number): Promise<Tokens[]> {
    const [api] = this.apis;
    const { email } = await api.newcomer();
    const sessions = await Promise.all(Array.from({ length: count }, () => api.session(email)));
    for (const { access_token } of sessions) {
      for (const asked of this.apis) {
        await waitUntil('it is known', async () => (await asked.me(access_token)).status === 200);
      }
    }
    return sessions;
  }

  /** Clients of both instances that notice every hiccup. */
  watch(token: string): Traffic[] {
    return this.apis.map((api) => new Traffic(() => api.me(token)));
  }

  /**
   * Asks until every instance refuses.
   *
   * @returns how long after the commit, by the database's clock, the last request started that was granted;
   *   its clock and the test's are of one machine
   */
  async lastGrantAfterCommit({ access_token, session_id }: Tokens): Promise<number> {
    const lastGrants = await Promise.all(this.apis.map((api) => lastGrantAt(api, access_token)));
    const [row] = await this.cluster.sql<{ at: number }>(
      'SELECT (extract(epoch FROM ended_at) * 1000)::float8 AS at FROM sessions WHERE id = $1',
      [session_id],
    );
    return Math.max(...lastGrants) - (row?.at ?? Number.NaN);
  }

  async stop(): Promise<void> {
    await this.cluster.stop();
  }
}

async function lastGrantAt(api: Api, token: string): Promise<number> {
  let last = 0;
  for (const deadline = Date.now() + GIVE_UP_MS; ; await sleep(10)) {
    const startedAt = Date.now();
    const { status } = await api.me(token);
    if (status === 401) return last;
    if (status === 200) last = startedAt;
    if (startedAt > deadline) throw new Error(`${status} where it should long have been refused`);
  }
}

function apiOf({ url }: Node): Api {
  return new Api(url);
}
