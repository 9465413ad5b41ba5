import { setTimeout as sleep } from 'node:timers/promises';
import { waitUntil } from '../support/wait-until.js';
import { InstancePair } from './instance-pair.js';

const STALENESS_MS = 3_000;

describe('an instance cut off from Postgres, next to a healthy one', () => {
  let pair: InstancePair;

  beforeAll(async () => {
    pair = await InstancePair.start({ SESSION_MAX_STALENESS: `${STALENESS_MS}ms` });
  }, 180_000);
  afterAll(() => pair?.stop());
  afterEach(() => pair.settle());

  it.each([
    ['refused', () => pair.one.postgres.cut()],
    ['swallowed', async () => pair.one.postgres.hang()],
  ] as const)(
    'with connections %s: checks from its cache up to the staleness limit, refuses what the other instance revokes, then answers 503',
    async (_how, cut) => {
      const [cutOff, whole] = pair.apis;
      const [watched, ended] = await pair.warm(2);
      const [token, endedToken] = [watched?.access_token ?? '', ended?.access_token ?? ''];
      await cut();
      const cutAt = performance.now();
      expect((await cutOff.me(endedToken)).status).toBe(200);
      expect((await whole.logout(endedToken)).status).toBe(204);
      // It can only have learnt of the revocation through Redis.
      expect((await cutOff.me(endedToken)).status).toBe(401);

      const seen = new Set<number>();
      let lastGrantAt = 0;
      for (let asked = performance.now(); !seen.has(503); asked = performance.now()) {
        const { status, headers } = await cutOff.me(token);
        seen.add(status);
        if (status === 200) lastGrantAt = asked;
        if (status === 503) expect(headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
        await sleep(10);
      }
      expect([...seen].sort()).toEqual([200, 503]);
      expect(lastGrantAt - cutAt).toBeLessThanOrEqual(STALENESS_MS);
      expect((await cutOff.me(endedToken)).status).toBe(401);
      expect((await whole.me(token)).status).toBe(200);

      await pair.one.postgres.heal();
      await waitUntil('the session is granted again', async () => (await cutOff.me(token)).status === 200);
      expect((await cutOff.me(endedToken)).status).toBe(401);
    },
  );

  it('does not resurrect a session by a read sent before its revoke and answered after it', async () => {
    const [asked, revoker] = pair.apis;
    const answers: number[] = [];
    // A read held back for more than a second times out: the machine was too slow, so try again.
    for (let tries = 0; tries < 5 && !answers.includes(401); tries++) {
      const { email } = await revoker.newcomer();
      const session = await revoker.session(email);
      const [{ now } = { now: '' }] = await pair.cluster.sql<{ now: string }>('SELECT now()::text AS now');
      pair.one.postgres.holdAnswers();
      const early = asked.me(session.access_token);
      await waitUntil('Postgres has executed the read', () => hasRead(now), { everyMs: 5 });
      expect((await revoker.logout(session.access_token)).status).toBe(204);
      await pair.one.postgres.heal();
      answers.push((await early).status);
      for (const api of pair.apis) expect((await api.me(session.access_token)).status).toBe(401);
    }
    expect(answers).toContain(401);
    expect(answers).not.toContain(200);
  });

  async function hasRead(since: string): Promise<boolean> {
    const rows = await pair.cluster.sql(
      `SELECT 1 FROM pg_stat_activity
       WHERE query LIKE '%s.id, s.user_id, s.device_id%' AND state = 'idle' AND query_start > $1::timestamptz AND pid <> pg_backend_pid()`,
      [since],
    );
    return rows.length > 0;
  }
});
