import type { Tokens } from '../../support/api.js';
import { type RunningApp, startApp } from '../../support/app.js';

const REUSED = { status: 401, body: { code: 'session_revoked', reason: 'refresh_reuse' } };
const refusedFor = (reason?: string) => ({
  status: 401,
  body: reason === undefined ? { code: 'invalid_grant' } : { code: 'invalid_grant', reason },
});

describe('a refresh token', () => {
  let service: RunningApp;

  beforeAll(async () => {
    service = await startApp();
  });

  afterAll(() => service?.close());

  /** The refresh generation in the database. */
  const generationOf = async ({ session_id }: Tokens) => {
    const [row] = await service.sql('SELECT refresh_generation FROM sessions WHERE id = $1', [session_id]);
    return row?.refresh_generation;
  };

  it('has one successor when fifty requests present it at once, and only that one continues the chain', async () => {
    const { api } = service;
    const tokens = await api.newcomer();
    const answers = await Promise.all(Array.from({ length: 50 }, () => api.refresh(tokens.refresh_token)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    const successors = new Set(answers.map(({ body }) => body.refresh_token));
    expect(successors.size).toBe(1);
    expect(await generationOf(tokens)).toBe(1);
    for (const { body } of answers) expect((await api.me(body.access_token)).status).toBe(200);

    const [successor = ''] = successors;
    expect((await api.refresh(successor)).status).toBe(200);
    expect(await generationOf(tokens)).toBe(2);
  });

  it('yields the current token again within the grace, without a rotation', async () => {
    const { api } = service;
    const tokens = await api.newcomer();
    const first = await api.refresh(tokens.refresh_token);
    for (let retry = 0; retry < 3; retry++) {
      const again = await api.refresh(tokens.refresh_token);
      expect(again).toMatchObject({ status: 200, body: { refresh_token: first.body.refresh_token } });
      expect((await api.me(again.body.access_token)).status).toBe(200);
    }
    expect(await generationOf(tokens)).toBe(1);
  });

  it('revokes the session if it is two generations old, however recent', async () => {
    const { api } = service;
    const tokens = await api.newcomer();
    const second = await api.refresh(tokens.refresh_token);
    const third = await api.refresh(second.body.refresh_token);
    expect((await api.me(third.body.access_token)).status).toBe(200);

    expect(await api.refresh(tokens.refresh_token)).toMatchObject(refusedFor('refresh_reuse'));
    for (const { access_token } of [tokens, second.body, third.body]) {
      expect(await api.me(access_token)).toMatchObject(REUSED);
    }
    for (const { refresh_token } of [tokens, second.body, third.body]) {
      expect(await api.refresh(refresh_token)).toMatchObject(refusedFor('refresh_reuse'));
    }
    const rows = await service.sql('SELECT ended_reason, ended_by FROM sessions WHERE id = $1', [
      tokens.session_id,
    ]);
    expect(rows).toEqual([{ ended_reason: 'refresh_reuse', ended_by: 'latchkey' }]);
  });

  it('revokes only its own session when it is reused', async () => {
    const { api } = service;
    const tokens = await api.newcomer();
    const other = await api.session(tokens.email);
    const { body } = await api.refresh(tokens.refresh_token);
    await api.refresh(body.refresh_token);
    await api.refresh(tokens.refresh_token);
    expect((await api.me(other.access_token)).status).toBe(200);
    expect((await api.refresh(other.refresh_token)).status).toBe(200);
  });

  it('has no effect if a single bit is changed', async () => {
    const { api } = service;
    const tokens = await api.newcomer();
    const { body: current } = await api.refresh(tokens.refresh_token);
    const bytes = Buffer.from(current.refresh_token.slice(4), 'base64url');
    // The session id, the generation (which becomes an old one) and the MAC.
    for (const [at, bit] of [
      [0, 1],
      [15, 128],
      [16, 128],
      [19, 1],
      [20, 1],
      [51, 128],
    ] as const) {
      const forged = Buffer.from(bytes);
      forged[at] = (forged[at] ?? 0) ^ bit;
      const answer = await api.refresh(`lkr_${forged.toString('base64url')}`);
      expect(answer).toMatchObject(refusedFor());
      expect(answer.body).not.toHaveProperty('reason');
    }
    expect((await api.me(current.access_token)).status).toBe(200);
    expect((await api.refresh(current.refresh_token)).status).toBe(200);
  });

  it.each(['x', 'lkr_', `lkr_${'A'.repeat(70)}`, `lkd_${'A'.repeat(70)}`, `lkr_${'!'.repeat(70)}`])(
    'is refused if it reads %s',
    async (token) => {
      expect(await service.api.refresh(token)).toMatchObject(refusedFor());
    },
  );

  it('is refused if its session was deleted', async () => {
    const { api } = service;
    const tokens = await api.newcomer();
    await api.logout(tokens.access_token);
    await service.sql('ALTER TABLE sessions DISABLE TRIGGER sessions_guard_removal');
    await service.sql('DELETE FROM sessions WHERE id = $1', [tokens.session_id]);
    await service.sql('ALTER TABLE sessions ENABLE TRIGGER sessions_guard_removal');
    const answer = await api.refresh(tokens.refresh_token);
    expect(answer).toMatchObject(refusedFor());
    expect(answer.body).not.toHaveProperty('reason');
  });

  it('is refused, like the access token, if the session was revoked by SQL', async () => {
    const { api } = service;
    const tokens = await api.newcomer();
    await service.sql(`UPDATE sessions SET status = 'revoked' WHERE id = $1`, [tokens.session_id]);
    expect(await api.refresh(tokens.refresh_token)).toMatchObject(refusedFor('unspecified'));
    expect(await api.me(tokens.access_token)).toMatchObject({ status: 401, body: { reason: 'unspecified' } });
  });

  it('is refused if its session has expired, which does not count as reuse', async () => {
    const { api } = service;
    const tokens = await api.newcomer();
    await service.sql(`UPDATE sessions SET last_seen_at = now() - interval '61 days' WHERE id = $1`, [
      tokens.session_id,
    ]);
    expect(await api.refresh(tokens.refresh_token)).toMatchObject(refusedFor('expired'));
    expect(await api.me(tokens.access_token)).toMatchObject({
      status: 401,
      body: { code: 'session_expired', reason: 'idle_expired' },
    });
  });

  it('is refused while its user is disabled', async () => {
    const { api } = service;
    const tokens = await api.newcomer();
    const set = (status: string) =>
      service.sql('UPDATE users SET status = $1 WHERE email = $2', [status, tokens.email]);
    await set('disabled');
    expect(await api.refresh(tokens.refresh_token)).toMatchObject(refusedFor('user_disabled'));
    await set('active');
    expect((await api.refresh(tokens.refresh_token)).status).toBe(200);
  });

  it('is accepted if its generation is ahead of the row, because a failover lost the commit that issued it', async () => {
    const { api } = service;
    const tokens = await api.newcomer();
    const { body: second } = await api.refresh(tokens.refresh_token);
    const { body: third } = await api.refresh(second.refresh_token);
    await service.sql('UPDATE sessions SET refresh_generation = 0 WHERE id = $1', [tokens.session_id]);

    const { status, body: fourth } = await api.refresh(third.refresh_token);
    expect(status).toBe(200);
    expect(await generationOf(tokens)).toBe(3);
    expect((await api.me(fourth.access_token)).status).toBe(200);
    expect((await api.refresh(fourth.refresh_token)).status).toBe(200);
  });

  it('yields no usable tokens after a concurrent logout', async () => {
    const { api } = service;
    const { email } = await api.newcomer();
    let won = 0;
    for (let round = 0; round < 30; round++) {
      const tokens = await api.session(email);
      const refreshes = Array.from({ length: 4 }, () => api.refresh(tokens.refresh_token));
      const [out, ...answers] = await Promise.all([api.logout(tokens.access_token), ...refreshes]);
      expect(out.status).toBe(204);
      for (const { status, body } of answers) {
        if (status !== 200) {
          expect(body).toMatchObject({ code: 'invalid_grant', reason: 'logout' });
          continue;
        }
        won++;
        expect(await api.me(body.access_token)).toMatchObject({ status: 401, body: { reason: 'logout' } });
        expect(await api.refresh(body.refresh_token)).toMatchObject(refusedFor('logout'));
      }
    }
    // At least one refresh must have won the race, or the test has shown nothing.
    expect(won).toBeGreaterThan(0);
  }, 60_000);
});
