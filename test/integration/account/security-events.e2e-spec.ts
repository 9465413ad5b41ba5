import { SecurityEventSweeper } from '../../../src/security-events/security-event-sweeper.js';
import type { Tokens } from '../../support/api.js';
import { type RunningApp, startApp } from '../../support/app.js';

interface EventAnswer {
  readonly id: string;
  readonly kind: string;
}

describe('security events', () => {
  let service: RunningApp;

  beforeAll(async () => {
    service = await startApp({ REFRESH_GRACE: '0', SESSION_RETENTION: '2d' });
  });

  afterAll(() => service?.close());

  const eventsOf = async ({ access_token: token }: Pick<Tokens, 'access_token'>, query = '') => {
    const { status, body } = await service.api.call<{ events: EventAnswer[] }>(
      'GET',
      `/security-events${query}`,
      { token },
    );
    expect(status).toBe(200);
    return body.events;
  };

  it('record a sign-in from a new device, but not the first sign-in or one from a known device', async () => {
    const { api } = service;
    const first = await api.newcomer();
    expect(await eventsOf(first)).toEqual([]);
    await api.session(first.email, { device_token: first.device_token });
    expect(await eventsOf(first)).toEqual([]);
    const stranger = await api.session(first.email, { device_name: '<b>Phone</b>' });
    expect(await eventsOf(first)).toEqual([
      {
        id: expect.any(String),
        kind: 'new_device_sign_in',
        at: expect.any(String),
        session_id: stranger.session_id,
        device_id: stranger.device_id,
        address: '127.0.0.1',
        place: null,
        detail: { device: '<b>Phone</b>', client: 'node', kind: 'script', brand: null },
      },
    ]);
    await api.terminate(first.access_token, `/devices/${stranger.device_id}`);
    await api.session(first.email, { device_token: stranger.device_token });
    expect(await eventsOf(first)).toHaveLength(2);
  });

  it('record a sign-in to an old account that has no devices left', async () => {
    const { api } = service;
    const first = await api.newcomer();
    await service.sql(`UPDATE users SET created_at = now() - interval '3 days' WHERE email = $1`, [
      first.email,
    ]);
    await api.logout(first.access_token);
    const other = await api.newcomer();
    await service.sql(`UPDATE devices SET user_id = (SELECT id FROM users WHERE email = $2) WHERE id = $1`, [
      first.device_id,
      other.email,
    ]);
    expect(await eventsOf(await api.session(first.email))).toMatchObject([{ kind: 'new_device_sign_in' }]);
  });

  it('record the reuse of a refresh token once, however many requests present it', async () => {
    const { api } = service;
    const thief = await api.newcomer();
    const owner = await api.session(thief.email, { device_token: thief.device_token });
    const { body } = await api.refresh(thief.refresh_token);
    expect((await api.me(body.access_token)).status).toBe(200);
    await Promise.all(Array.from({ length: 10 }, () => api.refresh(thief.refresh_token)));
    expect(await eventsOf(owner)).toMatchObject([
      { kind: 'refresh_token_reused', session_id: thief.session_id, device_id: thief.device_id },
    ]);
  });

  it('are listed newest first, in pages, for their own user only', async () => {
    const { api } = service;
    const first = await api.newcomer();
    for (let made = 0; made < 5; made++) await api.session(first.email);
    const all = (await eventsOf(first)).map(({ id }) => id);
    expect(all).toHaveLength(5);
    const pages: string[][] = [];
    for (let before = ''; ; ) {
      const page = (await eventsOf(first, `?limit=2${before}`)).map(({ id }) => id);
      if (page.length === 0) break;
      pages.push(page);
      before = `&before=${page.at(-1)}`;
    }
    expect(pages).toEqual([all.slice(0, 2), all.slice(2, 4), all.slice(4)]);

    const stranger = await api.newcomer();
    expect(await eventsOf(stranger)).toEqual([]);
    await api.session(stranger.email);
    expect(await eventsOf(stranger, `?before=${all[0]}`)).toEqual([]);
  });

  it.each(['limit=0', 'limit=1e9', 'before=1', 'before[]=1', 'user_id=1', 'after=x'])(
    'cannot be listed with ?%s',
    async (query) => {
      const { access_token: token } = await service.api.newcomer();
      expect(await service.api.call('GET', `/security-events?${query}`, { token })).toMatchObject({
        status: 400,
        body: { code: 'validation_failed' },
      });
    },
  );

  it('cannot be changed and are deleted after the retention period', async () => {
    const first = await service.api.newcomer();
    await service.api.session(first.email);
    const [event] = await eventsOf(first);
    await expect(
      service.sql(`UPDATE security_events SET kind = 'x' WHERE id = $1`, [event?.id]),
    ).rejects.toThrow('append-only');
    const sweep = () => service.app.get(SecurityEventSweeper, { strict: false }).sweep();
    await sweep();
    expect(await eventsOf(first)).toHaveLength(1);
    await service.sql('ALTER TABLE security_events DISABLE TRIGGER USER');
    await service.sql(`UPDATE security_events SET at = at - interval '3 days' WHERE id = $1`, [event?.id]);
    await service.sql('ALTER TABLE security_events ENABLE TRIGGER USER');
    await sweep();
    expect(await eventsOf(first)).toEqual([]);
  });
});
