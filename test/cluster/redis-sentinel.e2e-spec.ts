import { RedisConnection } from '../../src/redis/redis-connection.js';
import { Api } from '../support/api.js';
import { hasSentinel } from '../support/sentinel-server.js';
import { Cluster } from './history/cluster.js';
import { excerpts } from './history/excerpt.js';
import type { PlannedFault } from './history/planned-fault.js';
import { type SentinelDeployment, startSentinel } from './history/sentinel-deployment.js';
import { torture } from './history/torture.js';
import { revokedBesideOldMaster } from './schedules/revoked-beside-old-master.js';
import { Scenario } from './schedules/scenario.js';

const LOAD = { users: 6, sessions: 40, clients: 8 };
/** `npm run torture -- --on sentinel` runs longer, with any seed. */
const SECONDS = 60;

((await hasSentinel()) ? describe : describe.skip)('with Redis Sentinel', () => {
  let deployment: SentinelDeployment;
  let cluster: Cluster;

  beforeAll(async () => {
    deployment = await startSentinel();
    cluster = await Cluster.start({ instances: 2, deployment });
    await cluster.recovered();
    // The first request of a process is slow, and clients of the history wait for a limited time.
    for (const { url } of cluster.nodes) await new Api(url).newcomer();
  }, 400_000);
  afterAll(async () => {
    await cluster?.stop();
  });

  it('refuses a revoked session where an old master still answers', async () => {
    const scenario = new Scenario(cluster);
    await revokedBesideOldMaster(scenario, deployment.group);
    expect(scenario.violations()).toEqual([]);
    await cluster.recovered();
  }, 400_000);

  it('keeps the promises when the master fails under load', async () => {
    const { group } = deployment;
    const failover: PlannedFault = {
      name: 'master killed',
      inject: async () => {
        const old = await group.master();
        await old.server.kill();
        await group.failedOver(old);
      },
      heal: () => cluster.recovered(),
    };
    const { history, violations } = await torture({
      ...{ seconds: SECONDS, seed: 1, log: () => {}, cluster, load: LOAD, faults: [failover] },
    });
    expect(excerpts(history, violations.slice(0, 5))).toEqual([]);
    const from = history.faults[0]?.endedAt ?? Number.POSITIVE_INFINITY;
    const isLater = ({ startedAt }: { startedAt: number }) => startedAt > from;
    const after = history.operations.filter(isLater);
    expect(after.some(({ kind, answer }) => kind === 'check' && answer?.status === 200)).toBe(true);
  }, 400_000);

  it('names what is wrong with the sentinels, and does not start', async () => {
    const sentinels = deployment.group.sentinels.map(({ port }) => ({ host: '127.0.0.1', port }));
    const nobody = { username: null, password: null };
    const refusal = (masterName: string) =>
      RedisConnection.openForService(
        {
          ...{ kind: 'sentinel', sentinels, masterName, sentinelUser: nobody },
          access: { ...nobody, tls: false, database: 0 },
        },
        'latchkey',
      ).then(
        (connection) => connection.close(),
        (error: Error) => error.message,
      );
    expect(await refusal('unknown')).toMatch(
      /^Redis cannot be used: the sentinel 127\.0\.0\.1:\d+ answers: ERR No such master with that name$/,
    );
  });
});
