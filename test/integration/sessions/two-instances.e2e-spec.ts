import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import type { Api } from '../../support/api.js';
import { type Instances, startInstances } from '../../support/start-instances.js';
import { waitUntil } from '../../support/wait-until.js';

describe('two instances on one Postgres and one Redis', () => {
  let instances: Instances;
  let postgres: Client;
  let one: Api;
  let other: Api;

  beforeAll(async () => {
    instances = await startInstances();
    [one, other] = [instances.services[0].api, instances.services[1].api];
    postgres = new Client({ connectionString: instances.database.url });
    await postgres.connect();
  }, 180_000);
  afterAll(async () => {
    await postgres?.end();
    await instances?.stop();
  });

  it('each refuse a session immediately after it was revoked through the other, thirty times', async () => {
    for (let time = 0; time < 30; time++) {
      const [here, there] = time % 2 === 0 ? [one, other] : [other, one];
      const { access_token } = await here.newcomer();
      expect([(await here.me(access_token)).status, (await there.me(access_token)).status]).toEqual([
        200, 200,
      ]);
      expect((await here.logout(access_token)).status).toBe(204);
      const answers = await Promise.all([there.me(access_token), here.me(access_token)]);
      expect(answers.map(({ status }) => status)).toEqual([401, 401]);
    }
  });

  it('revoke 300 sessions in one fast call, then refuse each of them', async () => {
    const { email, access_token, session_id } = await one.newcomer();
    // Inserted directly, because a login for each would be slow and the call only needs the rows.
    await postgres.query(
      `INSERT INTO sessions (id, user_id, device_id, amr, sweep_at)
       SELECT gen_random_uuid(), user_id, device_id, amr, sweep_at FROM sessions, generate_series(1, 300)
       WHERE id = $1`,
      [session_id],
    );
    const more = await Promise.all([one.session(email), other.session(email)]);
    const tokens = [access_token, ...more.map((it) => it.access_token)];
    for (const token of tokens) expect((await other.me(token)).status).toBe(200);

    const startedAt = performance.now();
    expect((await one.call('DELETE', '/devices', { token: access_token })).status).toBe(204);
    // Less than a lease: every instance acknowledged.
    expect(performance.now() - startedAt).toBeLessThan(2_500);
    for (const token of tokens) {
      expect((await other.me(token)).status).toBe(401);
      expect((await one.me(token)).status).toBe(401);
    }
    const left = `SELECT id FROM sessions WHERE status = 'active' AND user_id = (SELECT id FROM users WHERE email = $1)`;
    expect((await postgres.query(left, [email])).rows).toEqual([]);
  });

  it('both refuse a session within a second after it was revoked in plain SQL, and confirm it', async () => {
    const { access_token, session_id } = await one.newcomer();
    await Promise.all([one.me(access_token), other.me(access_token)]);
    const endedAt = performance.now();
    await postgres.query(`UPDATE sessions SET status = 'revoked' WHERE id = $1`, [session_id]);
    const refusedAfter = await Promise.all(
      [one, other].map((api) => untilRefused(api, access_token, endedAt)),
    );
    for (const { ms, body } of refusedAfter) {
      expect(body).toMatchObject({ code: 'session_revoked', reason: 'unspecified' });
      // One second, plus a margin for a busy machine.
      expect(ms).toBeLessThan(2_000);
    }
    await waitUntil('the revocation is confirmed', async () => {
      const { rows } = await postgres.query('SELECT enforced_at FROM sessions WHERE id = $1', [session_id]);
      return rows[0].enforced_at !== null;
    });
  });

  it('both show the new name of a device after one of them renamed it', async () => {
    const { access_token, device_id } = await one.newcomer();
    for (const api of [one, other]) expect((await api.me(access_token)).text).not.toContain('Projector');
    const renamed = await one.call('PATCH', `/devices/${device_id}`, {
      token: access_token,
      body: { name: 'Projector' },
    });
    expect(renamed.status).toBe(200);
    // The change was announced by then, but may not have arrived yet.
    await waitUntil(
      'both show it',
      async () => {
        const answers = await Promise.all([one, other].map((api) => api.me(access_token)));
        return answers.every(({ text }) => text.includes('"name":"Projector"'));
      },
      { timeoutMs: 5_000 },
    );
  });

  async function untilRefused(api: Api, token: string, since: number) {
    for (;;) {
      const { status, body } = await api.me(token);
      if (status !== 200) return { body, ms: performance.now() - since };
      await sleep(10);
    }
  }
});
