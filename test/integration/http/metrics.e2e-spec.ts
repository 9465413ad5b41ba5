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
    expect((await read('/metrics?x=1')).status).toBe(200);
    expect((await read('/auth/me')).status).toBe(404);
    expect((await service.api.call('GET', '/metrics')).status).toBe(404);
  });

  it('have every outcome of logins and mails from the start, so that alerts see the first one', async () => {
    const { text } = await read();
    for (const outcome of ['success', 'invalid_credentials', 'overloaded', 'service_unavailable']) {
      expect(text).toContain(`latchkey_logins_total{outcome="${outcome}"} 0\n`);
    }
    for (const result of ['sent', 'failed', 'refused', 'given_up', 'dropped']) {
      expect(text).toContain(`latchkey_mail_attempts_total{result="${result}"} 0\n`);
    }
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

  it('measure requests by route and status, also of paths that do not exist', async () => {
    const { api } = service;
    const count = (labels: string) => value(`latchkey_http_request_duration_seconds_count{${labels}}`);
    const { access_token: token, device_id: id } = await api.newcomer();
    expect((await api.call('DELETE', `/devices/${id}`, { token })).status).toBe(204);
    expect(await count('method="DELETE",route="/devices/:id",status="204"')).toBe(1);
    await api.call('GET', '/no/such/path');
    await api.call('GET', '/nor/this');
    expect(await count('method="GET",route="none",status="404"')).toBe(3);
  });

  it('count how logins end', async () => {
    const { api } = service;
    const count = (outcome: string) => value(`latchkey_logins_total{outcome="${outcome}"}`);
    const before = await count('success');
    await api.register('outcome@example.com');
    await api.login('outcome@example.com');
    expect(await count('success')).toBe(before + 1);
    await api.call('POST', '/auth/login', {
      body: { email: 'outcome@example.com', password: 'a wrong one' },
    });
    await api.call('POST', '/auth/login', { body: {} });
    expect([await count('invalid_credentials'), await count('validation_failed')]).toEqual([1, 1]);
  });

  it('show the connections to Postgres and the password hashes', async () => {
    expect(await value('latchkey_database_connections{pool="protocol",state="idle"}')).toBeGreaterThan(0);
    expect(await value('latchkey_database_connections{pool="requests",state="busy"}')).toBeGreaterThanOrEqual(
      0,
    );
    expect(await value('latchkey_database_connections_awaited{pool="requests"}')).toBe(0);
    expect(await value('latchkey_password_hashes{state="waiting"}')).toBe(0);
  });
});
