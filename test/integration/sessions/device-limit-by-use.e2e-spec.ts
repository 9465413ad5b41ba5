import { LastSeen } from '../../../src/sessions/check/last-seen.js';
import { type RunningApp, startApp } from '../../support/app.js';

describe('MAX_DEVICES', () => {
  let service: RunningApp;

  afterEach(() => service?.close());

  it('signs out the device that was used least recently, not the one that logged in first', async () => {
    service = await startApp({ MAX_DEVICES: '2' });
    const { api } = service;
    const first = await api.newcomer();
    const second = await api.session(first.email);
    await service.sql(`UPDATE sessions SET last_seen_at = now() - interval '1 hour'`);
    // A use in memory counts once it is written, after ten seconds at most.
    expect((await api.me(first.access_token)).status).toBe(200);
    await service.app.get(LastSeen).flush();
    const third = await api.session(first.email);
    const statuses = await Promise.all(
      [first, second, third].map(async ({ access_token }) => (await api.me(access_token)).status),
    );
    expect(statuses).toEqual([200, 401, 200]);
  });
});
