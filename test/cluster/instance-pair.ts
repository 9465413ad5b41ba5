import { setTimeout as sleep } from 'node:timers/promises';
import { Api, type Tokens } from '../support/api.js';
import { Traffic } from '../support/traffic.js';
import { waitUntil } from '../support/wait-until.js';
import { Cluster } from './history/cluster.js';
import type { Node } from './history/node.js';

/** A lease (3 s) plus one heartbeat: from then on a revoke need not wait for a lease to expire. */
const SETTLED_MS = 4_200;
/** Longer than enforcement takes on the busiest machine. */
const GIVE_UP_MS = 15_000;

/** Two instances, each with its own proxies to Redis and Postgres, that acknowledge one another. */
export class InstancePair {
  private constructor(
    readonly cluster: Cluster,
    readonly one: Node,
    readonly other: Node,
  ) {}

  static async start(env: Record<string, string> = {}): Promise<InstancePair> {
    const cluster = await Cluster.start({ instances: 2, env });
    const [one, other] = cluster.nodes;
    if (!one || !other) throw new Error('expected two instances');
    const pair = new InstancePair(cluster, one, other);
    await pair.settle();
    return pair;
  }

  get apis(): [Api, Api] {
    return [apiOf(this.one), apiOf(this.other)];
  }

  /** Heals every proxy and waits until both instances trust their caches. */
  async recover(): Promise<void> {
    for (const { redis, postgres } of [this.one, this.other]) {
      await redis.heal();
      await postgres.heal();
    }
    await this.cluster.recovered();
  }

  /** Recovers, and also waits until both instances have been registered long enough to trust the instance table. */
  async settle(): Promise<void> {
    await this.recover();
    await sleep(SETTLED_MS);
  }

  /** Opens sessions and puts them in the memory cache of both instances. */
  async warm(count: number): Promise<Tokens[]> {
    const [api] = this.apis;
    const { email } = await api.newcomer();
    const sessions = await Promise.all(Array.from({ length: count }, () => api.session(email)));
    for (const { access_token } of sessions) {
      for (const asked of this.apis) {
        await waitUntil('the session is granted', async () => (await asked.me(access_token)).status === 200);
      }
    }
    return sessions;
  }

  /** Sends continuous requests to both instances and records every status. */
  watch(token: string): Traffic[] {
    return this.apis.map((api) => new Traffic(() => api.me(token)));
  }

  /**
   * Sends requests until every instance refuses the session.
   *
   * @returns milliseconds from the commit (by the database's clock) to the start of the last granted request;
   *   the database and the test run on one machine, so their clocks agree
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
    if (startedAt > deadline)
      throw new Error(`answered ${status} long after the session should have been refused`);
  }
}

function apiOf({ url }: Node): Api {
  return new Api(url);
}
