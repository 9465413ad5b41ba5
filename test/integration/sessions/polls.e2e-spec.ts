import { LastSeen } from '../../../src/sessions/check/last-seen.js';
import type { Tokens } from '../../support/api.js';
import { type RunningApp, startApp } from '../../support/app.js';

const POLL = { 'latchkey-passive': '1' };

describe('a poll that a page makes by itself', () => {
  let service: RunningApp;

  beforeAll(async () => {
    service = await startApp({ TRUST_PROXY: 'true' });
  });
  afterAll(() => service?.close());

  const poll = ({ access_token }: Tokens, address: string, userAgent = '') =>
    service.api.call('GET', '/devices', {
      token: access_token,
      headers: { ...POLL, 'x-forwarded-for': address, 'user-agent': userAgent },
    });
  /** Sets the last use of a session, as every instance knows it. */
  const lastUsed = async ({ session_id }: Tokens, ago: string) => {
    await service.app.get(LastSeen).flush();
    await service.sql('UPDATE sessions SET last_seen_at = now() - $2::interval WHERE id = $1', [
      session_id,
      ago,
    ]);
  };
  const row = async ({ session_id }: Tokens) => {
    await service.app.get(LastSeen).flush();
    const [found] = await service.sql(
      `SELECT extract(epoch FROM now() - last_seen_at)::int AS used, host(address) AS address,
              extract(epoch FROM now() - polled_at)::int AS polled FROM sessions WHERE id = $1`,
      [session_id],
    );
    return found as { used: number; polled: number | null; address: string };
  };

  it('appears in the list of devices with its time and address', async () => {
    const owner = await service.api.newcomer();
    const reader = await service.api.session(owner.email);
    await lastUsed(reader, '2 hours');
    expect((await poll(reader, '198.51.100.7')).status).toBe(200);
    await service.app.get(LastSeen).flush();
    const { body } = await service.api.call<{
      devices: { id: string; address: string; last_seen_at: string; sessions: { last_seen_at: string }[] }[];
    }>('GET', '/devices', { token: owner.access_token });
    const device = body.devices.find(({ id }) => id === reader.device_id);
    expect(device?.address).toBe('198.51.100.7');
    for (const at of [device?.last_seen_at, device?.sessions[0]?.last_seen_at]) {
      expect(Date.now() - Date.parse(at ?? '')).toBeLessThan(600_000);
    }
  });

  it('does not postpone the idle timeout', async () => {
    const reader = await service.api.newcomer();
    await lastUsed(reader, '2 hours');
    await poll(reader, '198.51.100.7');
    const { used, polled } = await row(reader);
    expect(used).toBeGreaterThan(7_000);
    expect(polled).toBeLessThan(600);
  });

  it('is judged like any other request', async () => {
    const { access_token, email } = await service.api.newcomer();
    const chrome =
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36';
    const firefox = 'Mozilla/5.0 (Windows NT 10.0; rv:133.0) Gecko/20100101 Firefox/133.0';
    const { body } = await service.api.call<Tokens>('POST', '/auth/login', {
      body: { email, password: 'correct horse battery' },
      headers: { 'user-agent': chrome },
    });
    expect(await poll(body, '198.51.100.7', chrome)).toMatchObject({ status: 200 });
    expect(await poll(body, '198.51.100.7', firefox)).toMatchObject({
      status: 401,
      body: { reason: 'suspicious' },
    });
    expect((await service.api.me(access_token)).status).toBe(200);
  });

  it('does not move the address back when a use came later', async () => {
    const reader = await service.api.newcomer();
    await poll(reader, '198.51.100.7');
    await service.api.call('GET', '/devices', {
      token: reader.access_token,
      headers: { 'x-forwarded-for': '198.51.100.8' },
    });
    expect(await row(reader)).toMatchObject({ address: '198.51.100.8' });
    const { used } = await row(reader);
    expect(used).toBeLessThan(600);
  });
});
