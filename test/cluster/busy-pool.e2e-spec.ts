import { Client } from 'pg';
import type { Answer } from '../support/answer.js';
import type { Api } from '../support/api.js';
import { type Instances, startInstances } from '../support/start-instances.js';
import { Traffic } from '../support/traffic.js';
import { waitUntil } from '../support/wait-until.js';

const START_MS = 180_000;
/** More requests than the pool and its queue hold, so that some are rejected immediately. */
const CROWD = 40;
/** A wait for the pool (2 s), a statement (3 s), a confirmation by other instances (2 s), and a busy machine. */
const BOUND_MS = 15_000;

describe('two instances, one of which has all its database connections blocked', () => {
  let instances: Instances;
  let stuck: Api;
  let other: Api;
  let holder: Client;
  let observer: Client;

  beforeAll(async () => {
    instances = await startInstances();
    [stuck, other] = [instances.services[0].api, instances.services[1].api];
    holder = new Client({ connectionString: instances.database.url });
    observer = new Client({ connectionString: instances.database.url });
    await Promise.all([holder.connect(), observer.connect()]);
  }, START_MS);
  afterAll(async () => {
    await Promise.all([holder?.end(), observer?.end()]);
    await instances?.stop();
  });

  it.each([
    ['refreshes', 'sessions', 'id = $1::uuid', 8],
    // Those of one account wait for one another without a connection.
    ['logins', 'users', '$1::uuid IS NOT NULL', 1],
  ] as const)(
    'keep granting checks while %s wait for locked rows, and answer 503 to what needs a connection',
    async (kind, table, where, connections) => {
      const [locked, watched, ended] = [
        await stuck.newcomer(),
        await stuck.newcomer(),
        await stuck.newcomer(),
      ];
      for (const api of [stuck, other]) {
        for (const { access_token } of [watched, ended])
          expect((await api.me(access_token)).status).toBe(200);
      }
      const watch = [stuck, other].map((api) => new Traffic(() => api.me(watched.access_token)));

      await holder.query('BEGIN');
      await holder.query(`SELECT FROM ${table} WHERE ${where} FOR UPDATE`, [locked.session_id]);
      const crowd = Array.from({ length: CROWD }, () =>
        kind === 'refreshes' ? stuck.refresh(locked.refresh_token) : stuck.login(locked.email),
      );
      await waitUntil('they are waiting for the rows', async () => {
        const { rows } = await observer.query(
          `SELECT count(*)::integer AS waiting FROM pg_stat_activity
         WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        );
        return rows[0].waiting >= connections;
      });
      const revoke = await timed(() => stuck.logout(ended.access_token));
      expect([204, 503]).toContain(revoke.status);
      expect(revoke.ms).toBeLessThan(BOUND_MS);

      const answers: Answer<unknown>[] = await Promise.all(crowd);
      expect([...new Set(answers.map(({ status }) => status))]).toEqual([503]);
      for (const { headers } of answers) expect(headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
      await holder.query('ROLLBACK');
      for (const { statuses, slowestMs } of await Promise.all(watch.map((traffic) => traffic.stop()))) {
        expect(Object.keys(statuses)).toEqual(['200']);
        expect(slowestMs).toBeLessThan(BOUND_MS);
      }

      // A 503 does not say whether the revoke was committed; if it was, the second attempt is refused as ended.
      if (revoke.status === 503)
        expect([204, 401]).toContain((await stuck.logout(ended.access_token)).status);
      for (const api of [stuck, other]) {
        expect((await api.me(ended.access_token)).status).toBe(401);
        expect((await api.login(locked.email)).status).toBe(200);
      }
      expect((await stuck.refresh(locked.refresh_token)).status).toBe(200);
    },
  );

  async function timed(request: () => Promise<Answer>) {
    const sentAt = performance.now();
    const { status } = await request();
    return { status, ms: performance.now() - sentAt };
  }
});
