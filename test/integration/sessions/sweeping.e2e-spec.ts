import { SessionSweeper } from '../../../src/sessions/store/session-sweeper.js';
import { type RunningApp, startApp } from '../../support/app.js';
import { backdateSession } from '../../support/backdate-session.js';

describe('the sweeper', () => {
  let service: RunningApp;

  beforeEach(async () => {
    service = await startApp({ SESSION_IDLE_TTL: '1h', SESSION_ABSOLUTE_TTL: '8h', SESSION_RETENTION: '2d' });
  });

  afterEach(() => service?.close());

  const sweep = () => service.app.get(SessionSweeper, { strict: false }).sweep();
  const makeDue = () => service.sql(`UPDATE sessions SET sweep_at = now() - interval '1 minute'`);
  const rowOf = async (id: string) => {
    const [row] = await service.sql(
      `SELECT status, ended_reason, ended_by, enforced_at IS NOT NULL AS is_enforced,
              sweep_at > now() AS is_due_later FROM sessions WHERE id = $1`,
      [id],
    );
    return row;
  };

  it.each([
    ['last_seen_at', '2 hours'],
    ['created_at', '9 hours'],
  ] as const)(
    'expires a session with %s %s ago, and its tokens are refused as expired',
    async (moment, ago) => {
      const { api } = service;
      const tokens = await api.newcomer();
      await backdateSession(service, tokens.session_id, moment, ago);
      await makeDue();
      await sweep();
      expect(await rowOf(tokens.session_id)).toMatchObject({
        status: 'expired',
        ended_reason: 'expired',
        ended_by: 'latchkey',
        is_enforced: true,
      });
      expect(await api.me(tokens.access_token)).toMatchObject({
        status: 401,
        body: { code: 'session_expired' },
      });
      expect(await api.refresh(tokens.refresh_token)).toMatchObject({
        status: 401,
        body: { code: 'invalid_grant', reason: 'expired' },
      });
    },
  );

  it('keeps a session that was used in the meantime and postpones its sweep', async () => {
    const { api } = service;
    const tokens = await api.newcomer();
    await makeDue();
    await sweep();
    expect(await rowOf(tokens.session_id)).toMatchObject({ status: 'active', is_due_later: true });
    expect((await api.me(tokens.access_token)).status).toBe(200);
  });

  it('keeps the reason for which a session was revoked', async () => {
    const { api } = service;
    const tokens = await api.newcomer();
    await api.logout(tokens.access_token);
    await makeDue();
    await sweep();
    expect(await rowOf(tokens.session_id)).toMatchObject({ status: 'revoked', ended_reason: 'logout' });
  });

  it('deletes sessions that ended long ago and devices unused since then', async () => {
    const { api } = service;
    const recent = await api.newcomer();
    const old = await api.session(recent.email);
    const oldOnKnown = await api.session(recent.email, { device_token: recent.device_token });
    for (const { access_token } of [recent, old, oldOnKnown]) await api.logout(access_token);
    await service.sql('ALTER TABLE sessions DISABLE TRIGGER sessions_guard_end');
    await service.sql(`UPDATE sessions SET ended_at = ended_at - interval '3 days' WHERE id IN ($1, $2)`, [
      old.session_id,
      oldOnKnown.session_id,
    ]);
    await service.sql('ALTER TABLE sessions ENABLE TRIGGER sessions_guard_end');
    await service.sql(`UPDATE devices SET last_seen_at = last_seen_at - interval '3 days'`);
    await sweep();
    expect(await service.sql('SELECT id FROM sessions')).toEqual([{ id: recent.session_id }]);
    expect(await service.sql('SELECT id FROM devices')).toEqual([{ id: recent.device_id }]);
  });
});
