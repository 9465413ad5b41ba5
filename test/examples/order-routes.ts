import type { Answer } from '../support/answer.js';
import { Api, type Tokens } from '../support/api.js';
import type { ExampleProcess } from '../support/example-process.js';
import type { GuardedService } from '../support/guarded-service.js';

/** An example that runs, and the service that it asks. */
export interface RunningExample {
  readonly service: GuardedService;
  readonly example: ExampleProcess;
}

const order = { id: 1, placedAt: expect.any(String) };

/** Tests of the routes that the examples have in common. */
export function itGuardsOrders(running: () => RunningExample): void {
  let mine: Tokens & { email: string };
  const call = (method: string, path: string, token?: string): Promise<Answer> =>
    new Api(running().example.url).call(method, path, token === undefined ? {} : { token });
  const login = () => running().service.api.session(mine.email);

  beforeAll(async () => {
    mine = await running().service.api.newcomer();
  });

  it('has a public route', async () => {
    expect(await call('GET', '/')).toMatchObject({ status: 200, body: { service: 'orders' } });
  });

  it('answers a caller with a token of an active session', async () => {
    const { access_token } = await login();
    expect(await call('POST', '/orders', access_token)).toMatchObject({ status: 201, body: order });
    expect((await call('GET', '/orders', access_token)).body).toEqual([order]);
  });

  it('challenges a caller without a token', async () => {
    const answer = await call('GET', '/orders');
    expect(answer).toMatchObject({ status: 401, body: { code: 'invalid_token' } });
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="latchkey"');
  });

  it('refuses a session as soon as its revoke has been answered, with the reason', async () => {
    const [other, current] = [await login(), await login()];
    expect((await call('GET', '/orders', other.access_token)).status).toBe(200);
    const revoked = await running().service.api.end(current.access_token, `/devices/${other.device_id}`);
    expect(revoked.status).toBe(204);
    expect(await call('GET', '/orders', other.access_token)).toMatchObject({
      status: 401,
      body: { code: 'session_revoked', reason: 'terminated' },
    });
    expect((await call('GET', '/orders', current.access_token)).status).toBe(200);
  });

  it('admits only users with the role', async () => {
    const { access_token } = await login();
    expect(await call('GET', '/reports', access_token)).toMatchObject({
      status: 403,
      body: { code: 'insufficient_role' },
    });
    const { api, sql } = running().service;
    const admin = await api.newcomer();
    await sql(`UPDATE users SET roles = '{admin}' WHERE email = $1`, [admin.email]);
    const asAdmin = await api.session(admin.email);
    expect((await call('GET', '/reports', asAdmin.access_token)).status).toBe(200);
  });

  it('admits only users who have logged in recently', async () => {
    const { access_token, refresh_token, session_id } = await login();
    expect((await call('POST', '/refunds', access_token)).status).toBe(200);
    const { api, sql } = running().service;
    await sql(`UPDATE sessions SET auth_time = auth_time - interval '1 hour' WHERE id = $1`, [session_id]);
    const later = await api.refresh(refresh_token);
    expect(await call('POST', '/refunds', later.body.access_token)).toMatchObject({
      status: 403,
      body: { code: 'reauthentication_required', max_age: 300 },
    });
  });
}
