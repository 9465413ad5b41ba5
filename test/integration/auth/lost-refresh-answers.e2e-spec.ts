import type { Api, Tokens } from '../../support/api.js';
import { backdateSession } from '../../support/backdate-session.js';
import { Deployment } from '../../support/deployment.js';
import type { ServiceProcess } from '../../support/service-process.js';
import { waitUntil } from '../../support/wait-until.js';

const REUSE = { status: 401, body: { code: 'invalid_grant', reason: 'refresh_reuse' } };

// Without a grace, only the use of the successor decides, so that no test has to wait.
describe('a client that lost the answer to a refresh', () => {
  let deployment: Deployment;
  let instances: ServiceProcess[];
  let one: Api;
  let two: Api;

  beforeAll(async () => {
    deployment = await Deployment.create({ REFRESH_GRACE: '0', SESSION_IDLE_TTL: '60d' });
    instances = await Promise.all([deployment.start(), deployment.start()]);
    [one, two] = instances.map(({ api }) => api) as [Api, Api];
  }, 120_000);

  afterAll(() => deployment?.close());

  const usedGeneration = async ({ session_id }: Tokens) => {
    const [row] = await deployment.sql('SELECT used_generation FROM sessions WHERE id = $1', [session_id]);
    return row?.used_generation;
  };

  it('gets the same tokens again, on any instance and however late', async () => {
    const tokens = await one.newcomer();
    const lost = await one.refresh(tokens.refresh_token);
    await deployment.sql(`UPDATE sessions SET rotated_at = now() - interval '30 days' WHERE id = $1`, [
      tokens.session_id,
    ]);
    await backdateSession(deployment, tokens.session_id, 'last_seen_at', '30 days');
    for (const api of [two, one, two]) {
      const again = await api.refresh(tokens.refresh_token);
      expect(again).toMatchObject({ status: 200, body: { refresh_token: lost.body.refresh_token } });
    }
    const { body } = await two.refresh(tokens.refresh_token);
    for (const api of [one, two]) expect((await api.me(body.access_token)).status).toBe(200);
    expect((await one.refresh(body.refresh_token)).status).toBe(200);
  });

  it('uses the session by its retry, which therefore stays alive', async () => {
    const tokens = await one.newcomer();
    await one.refresh(tokens.refresh_token);
    await backdateSession(deployment, tokens.session_id, 'last_seen_at', '59 days');
    expect((await one.refresh(tokens.refresh_token)).status).toBe(200);
    const [row] = await deployment.sql(
      `SELECT last_seen_at > now() - interval '1 hour' AS is_recent FROM sessions WHERE id = $1`,
      [tokens.session_id],
    );
    expect(row).toEqual({ is_recent: true });
  });

  it('is refused when its session has expired in the meantime, which is not reported as reuse', async () => {
    const tokens = await one.newcomer();
    await one.refresh(tokens.refresh_token);
    await backdateSession(deployment, tokens.session_id, 'last_seen_at', '61 days');
    expect(await one.refresh(tokens.refresh_token)).toMatchObject({
      status: 401,
      body: { reason: 'expired' },
    });
    const events = await deployment.sql('SELECT kind FROM security_events WHERE session_id = $1', [
      tokens.session_id,
    ]);
    expect(events).not.toContainEqual({ kind: 'refresh_token_reused' });
  });

  it('is not refused because of a token from before the refresh that is used after it', async () => {
    const tokens = await one.newcomer();
    const { body } = await one.refresh(tokens.refresh_token);
    await one.me(body.access_token);
    // The next answer is lost; the client still has the tokens of the last one.
    await one.refresh(body.refresh_token);
    for (const api of [one, two]) expect((await api.me(body.access_token)).status).toBe(200);
    expect((await two.refresh(body.refresh_token)).status).toBe(200);
  });

  it('is refused as reuse once the successor was used, even on an instance that had cached the session', async () => {
    const tokens = await one.newcomer();
    for (const api of [one, two]) expect((await api.me(tokens.access_token)).status).toBe(200);
    const { body: stolen } = await one.refresh(tokens.refresh_token);
    expect(await usedGeneration(tokens)).toBe(0);
    // The other instance has cached the session as it was before the rotation.
    expect((await two.me(stolen.access_token)).status).toBe(200);
    await waitUntil('the use is recorded', async () => (await usedGeneration(tokens)) === 1);
    expect(await one.refresh(tokens.refresh_token)).toMatchObject(REUSE);
    for (const api of [one, two]) expect((await api.me(stolen.access_token)).status).toBe(401);
  });

  it('is refused as reuse at once by the instance on which the successor was used', async () => {
    const tokens = await one.newcomer();
    const { body: stolen } = await two.refresh(tokens.refresh_token);
    expect((await one.me(stolen.access_token)).status).toBe(200);
    expect(await one.refresh(tokens.refresh_token)).toMatchObject(REUSE);
  });

  it('is refused as reuse if a background request used the successor', async () => {
    const tokens = await one.newcomer();
    const { body: stolen } = await one.refresh(tokens.refresh_token);
    const headers = { 'latchkey-passive': '1' };
    expect((await one.call('GET', '/auth/me', { token: stolen.access_token, headers })).status).toBe(200);
    expect(await one.refresh(tokens.refresh_token)).toMatchObject(REUSE);
  });

  it('is refused as reuse if the refresh token of the successor was used', async () => {
    const tokens = await one.newcomer();
    const { body: stolen } = await one.refresh(tokens.refresh_token);
    await two.refresh(stolen.refresh_token);
    expect(await one.refresh(tokens.refresh_token)).toMatchObject(REUSE);
  });

  it('is refused as reuse after the grace if the session was rotated before uses were recorded', async () => {
    const tokens = await one.newcomer();
    await one.refresh(tokens.refresh_token);
    await deployment.sql('UPDATE sessions SET used_generation = NULL WHERE id = $1', [tokens.session_id]);
    expect(await one.refresh(tokens.refresh_token)).toMatchObject(REUSE);
  });

  it('writes the first use of each generation once, however many requests follow', async () => {
    const tokens = await one.newcomer();
    const { body } = await one.refresh(tokens.refresh_token);
    const version = async () => {
      const [row] = await deployment.sql('SELECT xmin FROM sessions WHERE id = $1', [tokens.session_id]);
      return row?.xmin;
    };
    await one.me(body.access_token);
    await waitUntil('the use is recorded', async () => (await usedGeneration(tokens)) === 1);
    await deployment.sql('UPDATE sessions SET used_generation = 0 WHERE id = $1', [tokens.session_id]);
    const before = await version();
    for (let times = 0; times < 20; times++) expect((await one.me(body.access_token)).status).toBe(200);
    expect([await usedGeneration(tokens), await version()]).toEqual([0, before]);
  });
});
