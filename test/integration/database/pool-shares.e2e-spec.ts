import pg from 'pg';
import { type RunningApp, startApp } from '../../support/app.js';
import { waitUntil } from '../../support/wait-until.js';

describe('the connections to Postgres', () => {
  let service: RunningApp;
  let operator: pg.Client;
  let watcher: pg.Client;

  beforeAll(async () => {
    service = await startApp({ DATABASE_POOL_SIZE: '5' });
    operator = new pg.Client(service.database.url);
    watcher = new pg.Client(service.database.url);
    await Promise.all([operator.connect(), watcher.connect()]);
  });

  afterAll(async () => {
    await operator?.end();
    await watcher?.end();
    await service?.close();
  });

  // Not every wait for a lock: a link in a mail to the same account waits too, once, as it refers to the locked row.
  // On a connection of its own, as a transaction sees the statements of its first look at this view.
  const waitingForAccounts = async () => {
    const { rows } = await watcher.query(
      `SELECT count(*)::integer FROM pg_stat_activity
       WHERE datname = current_database() AND application_name = 'latchkey' AND wait_event_type = 'Lock'
         AND query LIKE 'UPDATE users %'`,
    );
    return rows[0].count as number;
  };

  it('are not held by many requests that wait for the same account', async () => {
    const { api } = service;
    const busy = await api.newcomer();
    const other = await api.newcomer();
    await operator.query('BEGIN');
    await operator.query('SELECT FROM users WHERE email = $1 FOR UPDATE', [busy.email]);
    const answers = Array.from({ length: 40 }, () => api.end(busy.access_token, '/devices'));
    await waitUntil('one of them waits for the lock', async () => (await waitingForAccounts()) === 1);
    expect((await api.devices(other.access_token)).status).toBe(200);
    expect((await api.end(other.access_token, `/devices/${other.device_id}`)).status).toBe(204);
    // None, if that one has waited too long meanwhile.
    expect(await waitingForAccounts()).toBeLessThanOrEqual(1);
    await operator.query('ROLLBACK');
    const statuses = new Set((await Promise.all(answers)).map(({ status }) => status));
    // 401 after the first one has revoked the session; 503 for those that waited too long.
    for (const status of statuses) expect([204, 401, 503]).toContain(status);
    expect([204, 401]).toContain((await api.end(busy.access_token, '/devices')).status);
  });
});
