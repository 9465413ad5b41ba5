import { Client } from 'pg';
import type { Tokens } from '../../support/api.js';
import { type RunningApp, startApp } from '../../support/app.js';

const MANY = 100_000;
const LIVE_AT_MOST = 500;
/** No answer may grow with what an account has. */
const LARGEST_ANSWER = 400_000;

/** As older versions of the service left them, which had no bound. */
const ADD_DEVICES = `
  INSERT INTO devices (id, user_id, token_hash, name, kind)
  SELECT gen_random_uuid(), user_id, sha256(n::text::bytea), 'Probe', 'other' FROM devices, generate_series(1, $2) AS n WHERE id = $1`;
const ADD_SESSIONS = `
  INSERT INTO sessions (id, user_id, device_id, address, clients, amr, sweep_at)
  SELECT gen_random_uuid(), s.user_id, d.id, s.address, s.clients, s.amr, s.sweep_at
  FROM sessions s JOIN devices d ON d.user_id = s.user_id AND (d.id = s.device_id) = $2, generate_series(1, $3)
  WHERE s.id = $1`;

describe.each([
  ['on one device', 0],
  ['each on a device of its own', MANY],
])('an account with 100,000 sessions, %s', (_, devices) => {
  let service: RunningApp;
  let owner: Tokens & { email: string };
  let other: Tokens;

  beforeAll(async () => {
    service = await startApp();
    owner = await service.api.newcomer();
    other = await service.api.newcomer();
    // Without the statement timeout of the service.
    const client = new Client({ connectionString: service.database.url });
    await client.connect();
    if (devices > 0) await client.query(ADD_DEVICES, [owner.device_id, devices]);
    await client.query(ADD_SESSIONS, [owner.session_id, devices === 0, devices > 0 ? 1 : MANY]);
    await client.end();
  }, 120_000);
  afterAll(() => service?.close());

  const live = async () => {
    const [row] = await service.sql(
      `SELECT count(*)::integer AS live FROM sessions s JOIN users u ON u.id = s.user_id
       WHERE u.email = $1 AND s.status = 'active' AND s.epoch >= u.session_epoch`,
      [owner.email],
    );
    return Number(row?.live);
  };

  it('lists pages of limited size', async () => {
    for (const path of ['/devices', '/devices?limit=1', '/sessions', '/sessions?status=ended']) {
      const { status, text } = await service.api.call('GET', path, { token: owner.access_token });
      expect([path, status]).toEqual([path, 200]);
      expect(text.length).toBeLessThan(LARGEST_ANSWER);
    }
  });

  it('renames a device with an answer of limited size', async () => {
    const { status, text } = await service.api.call('PATCH', `/devices/${owner.device_id}`, {
      token: owner.access_token,
      body: { name: 'My probe' },
    });
    expect(status).toBe(200);
    expect(text.length).toBeLessThan(LARGEST_ANSWER);
  });

  it('has 500 live sessions after the next login, among them the new one', async () => {
    const { access_token, session_id } = await service.api.session(owner.email, {
      device_token: owner.device_token,
    });
    expect(await live()).toBe(LIVE_AT_MOST);
    expect((await service.api.me(access_token)).body).toMatchObject({ session: { id: session_id } });
  });

  it('signs out of all devices at once, and leaves other accounts alone', async () => {
    const { access_token, refresh_token } = await service.api.session(owner.email);
    const { status } = await service.api.call('DELETE', '/devices', { token: access_token });
    expect(status).toBe(204);
    expect(await live()).toBe(0);
    expect((await service.api.me(access_token)).status).toBe(401);
    expect((await service.api.refresh(refresh_token)).status).toBe(401);
    expect((await service.api.me(other.access_token)).status).toBe(200);
  });
});
