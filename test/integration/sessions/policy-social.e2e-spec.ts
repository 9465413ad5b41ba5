import { type RunningApp, startApp } from '../../support/app.js';
import { backdateSession } from '../../support/backdate-session.js';

describe('social policy', () => {
  let service: RunningApp;

  beforeAll(async () => {
    // It is the default policy.
    service = await startApp();
  });

  afterAll(() => service?.close());

  it('allows many devices to stay logged in', async () => {
    const { api } = service;
    const first = await api.newcomer();
    const others = await Promise.all(Array.from({ length: 12 }, () => api.session(first.email)));
    for (const { access_token } of [first, ...others]) expect((await api.me(access_token)).status).toBe(200);
    expect((await api.devices(first.access_token)).body.devices).toHaveLength(13);
  });

  it.each([
    ['last_seen_at', '59 days', 200],
    ['last_seen_at', '61 days', 401],
    ['created_at', '364 days', 200],
    ['created_at', '366 days', 401],
  ] as const)('answers a session with %s %s ago with status %i', async (moment, ago, status) => {
    const { api } = service;
    const tokens = await api.newcomer();
    await backdateSession(service, tokens.session_id, moment, ago);
    expect((await api.me(tokens.access_token)).status).toBe(status);
    expect((await api.refresh(tokens.refresh_token)).status).toBe(status);
  });

  it('accepts the refresh token of a phone that was offline for weeks', async () => {
    const { api } = service;
    const tokens = await api.newcomer();
    await backdateSession(service, tokens.session_id, 'last_seen_at', '59 days');
    const { body } = await api.refresh(tokens.refresh_token);
    expect((await api.me(body.access_token)).status).toBe(200);
  });

  it('does not require a recent login', async () => {
    const { api } = service;
    const tokens = await api.newcomer();
    await backdateSession(service, tokens.session_id, 'auth_time', '300 days');
    const { body } = await api.refresh(tokens.refresh_token);
    expect((await api.end(body.access_token, '/devices')).status).toBe(204);
  });
});
