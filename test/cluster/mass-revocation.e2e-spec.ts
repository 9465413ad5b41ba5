import type { Tokens } from '../support/api.js';
import { waitUntil } from '../support/wait-until.js';
import { InstancePair } from './instance-pair.js';

const ENDS = 50_000;
/** Rows per statement: the statements of this test time out after 5 s. */
const PORTION = 10_000;
/** P3, measured as in `redis-partition`. */
const BOUND_MS = 1_000;
const ATTEMPTS = 4;
/** Generous for a busy machine: revocations are confirmed only once Redis is back, 5,000 at a time. */
const CATCH_UP = { timeoutMs: 90_000, everyMs: 200 };

describe('50,000 sessions revoked while Redis is down', () => {
  let pair: InstancePair;

  beforeAll(async () => {
    pair = await InstancePair.start();
  }, 180_000);
  afterAll(() => pair?.stop());

  it('delay neither checks nor other revocations, and are confirmed once Redis is back', async () => {
    const [watched, ...more] = (await pair.warm(1 + ATTEMPTS)) as [Tokens, ...Tokens[]];
    await pair.cluster.redis.kill();
    await endMany(watched.session_id);
    const watch = pair.watch(watched.access_token);
    const latest: number[] = [];
    for (const session of more) {
      const { session_id } = session;
      const refused = pair.lastGrantAfterCommit(session);
      await pair.cluster.sql(`UPDATE sessions SET status = 'revoked' WHERE id = $1`, [session_id]);
      latest.push(await refused);
      if (latest.some((ms) => ms < BOUND_MS)) break;
    }
    expect(Math.min(...latest)).toBeLessThan(BOUND_MS);

    await pair.cluster.startRedis(null);
    await waitUntil('all revocations are confirmed', async () => (await unconfirmed()) === 0, CATCH_UP);
    await pair.settle();
    for (const { statuses } of await Promise.all(watch.map((traffic) => traffic.stop()))) {
      // Without Redis every check reads Postgres, which may answer too late on a busy machine.
      expect(['200', '503']).toEqual(expect.arrayContaining(Object.keys(statuses)));
      expect(statuses[200]).toBeGreaterThan(9 * (statuses[503] ?? 0));
    }
    expect((await pair.apis[0].logout(watched.access_token)).status).toBe(204);
  });

  /** As if every instance that revoked them had been cut off before announcing it. */
  async function endMany(like: string): Promise<void> {
    for (let made = 0; made < ENDS; made += PORTION) {
      await pair.cluster.sql(
        `INSERT INTO sessions (id, user_id, device_id, amr, sweep_at, status, ended_at, ended_reason, ended_by)
       SELECT gen_random_uuid(), user_id, device_id, amr, sweep_at, 'revoked', clock_timestamp(), 'operator', 'operator'
       FROM sessions, generate_series(1, $2::integer) WHERE id = $1`,
        [like, PORTION],
      );
    }
  }

  async function unconfirmed(): Promise<number> {
    const [row] = await pair.cluster.sql<{ count: number }>(
      `SELECT count(*)::integer AS count FROM sessions WHERE status <> 'active' AND enforced_at IS NULL`,
    );
    return row?.count ?? Number.NaN;
  }
});
