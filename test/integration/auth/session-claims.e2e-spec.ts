import type { Tokens } from '../../support/api.js';
import { type RunningApp, startApp } from '../../support/app.js';
import { decodeJwt } from '../../support/decode-jwt.js';

/** More sessions than a revocation ends one by one. */
const MANY = 600;
const ADD_SESSIONS = `
  INSERT INTO sessions (id, user_id, device_id, address, clients, amr, sweep_at)
  SELECT gen_random_uuid(), user_id, device_id, address, clients, amr, sweep_at FROM sessions, generate_series(1, $2)
  WHERE id = $1`;

describe('an access token', () => {
  let service: RunningApp;

  beforeAll(async () => {
    service = await startApp({ MAX_SESSIONS: '5', LATCHKEY_CLIENT_ID: 'first-party' });
  });

  afterAll(() => service?.close());

  const claimsOf = ({ access_token }: Pick<Tokens, 'access_token'>) => decodeJwt(access_token);
  const epochOf = (tokens: Pick<Tokens, 'access_token'>) => claimsOf(tokens).session_epoch;
  const endOthers = async (tokens: Tokens) => {
    expect((await service.api.end(tokens.access_token, '/devices?except=current')).status).toBe(204);
  };

  it('names the client, the device and how the user logged in', async () => {
    const tokens = await service.api.newcomer();
    const expected = { client_id: 'first-party', device_id: tokens.device_id, acr: 'aal1', amr: ['pwd'] };
    expect(claimsOf(tokens)).toMatchObject({ ...expected, session_epoch: 0, generation: 0 });
    const { body } = await service.api.refresh(tokens.refresh_token);
    expect(claimsOf(body)).toMatchObject({ ...expected, session_epoch: 0, generation: 1 });
  });

  it('has the new epoch after the next refresh if its session was kept when the others were revoked', async () => {
    const { api } = service;
    const kept = await api.newcomer();
    const other = await api.session(kept.email);
    await endOthers(kept);
    expect(epochOf(kept)).toBe(0);
    expect((await api.me(kept.access_token)).status).toBe(200);
    expect((await api.refresh(other.refresh_token)).status).toBe(401);
    const { body } = await api.refresh(kept.refresh_token);
    expect(epochOf(body)).toBe(1);
    const replayed = await api.refresh(kept.refresh_token);
    expect(epochOf(replayed.body)).toBe(1);
  });

  it('has the new epoch in the replayed answer if the others were revoked between the two', async () => {
    const { api } = service;
    const kept = await api.newcomer();
    const first = await api.refresh(kept.refresh_token);
    await endOthers(kept);
    const replayed = await api.refresh(kept.refresh_token);
    expect([epochOf(first.body), epochOf(replayed.body)]).toEqual([0, 1]);
  });

  it('has the epoch of the session that a login opens after a revocation of all sessions', async () => {
    const { api } = service;
    const tokens = await api.newcomer();
    expect((await api.end(tokens.access_token, '/devices')).status).toBe(204);
    expect(epochOf(await api.session(tokens.email))).toBe(1);
  });

  it('has the epoch of the session that a change of the password opens', async () => {
    const { api } = service;
    const tokens = await api.newcomer();
    const { status, body } = await api.call<Tokens>('POST', '/auth/password/change', {
      token: tokens.access_token,
      body: { current_password: 'correct horse battery', new_password: 'staple of the battery' },
    });
    expect(status).toBe(200);
    expect(claimsOf(body)).toMatchObject({ session_epoch: 1, device_id: tokens.device_id, acr: 'aal1' });
  });

  it('has the epoch after the login itself has ended more sessions than are ended one by one', async () => {
    const { api, sql } = service;
    const tokens = await api.newcomer();
    await sql(ADD_SESSIONS, [tokens.session_id, MANY]);
    const opened = await api.session(tokens.email);
    const [row] = await sql('SELECT epoch FROM sessions WHERE id = $1', [opened.session_id]);
    expect(row).toEqual({ epoch: 1 });
    expect(epochOf(opened)).toBe(1);
  });
});
