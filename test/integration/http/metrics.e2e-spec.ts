import { type RunningApp, startApp } from '../../support/app.js';
import { freePort } from '../../support/free-port.js';

describe('the metrics', () => {
  let service: RunningApp;
  let port: number;

  beforeAll(async () => {
    port = await freePort();
    service = await startApp({ METRICS_PORT: String(port) });
  });

  afterAll(() => service?.close());

  const read = async (path = '/metrics') => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    return { status: response.status, text: await response.text() };
  };
  const value = async (metric: string) => {
    const line = (await read()).text.split('\n').find((it) => it.startsWith(`${metric} `));
    return Number(line?.split(' ')[1]);
  };

  it('are served only on their own port', async () => {
    expect(await read()).toMatchObject({ status: 200, text: expect.stringContaining('latchkey_') });
    expect((await read('/auth/me')).status).toBe(404);
    expect((await service.api.call('GET', '/metrics')).status).toBe(404);
  });

  it('count session lookups by cache layer and measure how revocations are enforced', async () => {
    const { api } = service;
    const tokens = await api.newcomer();
    const hits = await value('latchkey_session_lookups_total{tier="memory"}');
    await api.me(tokens.access_token);
    await api.me(tokens.access_token);
    expect(await value('latchkey_session_lookups_total{tier="memory"}')).toBeGreaterThan(hits);

    const enforced = 'latchkey_revocation_enforced_seconds_count{how="single_instance"}';
    expect(await value(enforced)).toBeNaN();
    await api.logout(tokens.access_token);
    expect(await value(enforced)).toBe(1);
    expect(await value('latchkey_revocation_last_grant_seconds_count')).toBe(1);
    expect(await value('latchkey_ended_set_size')).toBe(1);
    expect(await value('latchkey_caches_trusted')).toBe(1);
    expect(await value('latchkey_tail_age_seconds')).toBeLessThan(60);
  });
});
