import { Client } from 'pg';
import { runMigrations } from '../../src/database/migrations.js';
import { type RunningApp, startApp } from '../support/app.js';
import { PostgresServer } from '../support/postgres-server.js';
import { waitUntil } from '../support/wait-until.js';

const STALENESS_MS = 3_000;

describe('one instance whose Postgres fails', () => {
  let postgres: PostgresServer;
  let service: RunningApp;

  beforeAll(async () => {
    postgres = await PostgresServer.start({ durable: true, settings: { synchronous_commit: 'off' } });
    await runMigrations(postgres.url);
    service = await startApp(
      { SESSION_MAX_STALENESS: `${STALENESS_MS}ms` },
      { database: { url: postgres.url } },
    );
  });
  afterAll(async () => {
    await service?.close();
    await postgres?.dispose();
  });

  const operator = async (...statements: string[]) => {
    const client = new Client({ connectionString: postgres.url });
    await client.connect();
    try {
      for (const statement of statements) await client.query(statement);
    } finally {
      await client.end();
    }
  };

  it('checks from its cache for at most SESSION_MAX_STALENESS, then answers 503, never 401', async () => {
    const { access_token } = await service.api.newcomer();
    expect((await service.api.me(access_token)).status).toBe(200);
    await postgres.kill();
    const killedAt = performance.now();
    expect((await service.api.me(access_token)).status).toBe(200);

    const seen = new Set<number>();
    let lastGrantAt = 0;
    let refused: Awaited<ReturnType<typeof service.api.me>> | null = null;
    while (!refused && performance.now() - killedAt < STALENESS_MS + 30_000) {
      const askedAt = performance.now();
      const answer = await service.api.me(access_token);
      seen.add(answer.status);
      if (answer.status === 200) lastGrantAt = askedAt;
      else refused = answer;
    }
    expect([...seen].sort()).toEqual([200, 503]);
    expect(refused?.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(lastGrantAt - killedAt).toBeLessThanOrEqual(STALENESS_MS);

    await postgres.start();
    await waitUntil(
      'the session is granted again',
      async () => (await service.api.me(access_token)).status === 200,
    );
  });

  it('answers writes with 503 and Retry-After while Postgres is read-only, and keeps checking sessions', async () => {
    const tokens = await service.api.newcomer();
    await operator(`ALTER SYSTEM SET default_transaction_read_only = on`, 'SELECT pg_reload_conf()');
    try {
      const refused = await waitUntil('a refresh is refused', async () => {
        const answer = await service.api.refresh(tokens.refresh_token);
        return answer.status === 503 ? answer : null;
      });
      expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
      const logout = await service.api.logout(tokens.access_token);
      expect(logout.status).toBe(503);
      expect((await service.api.me(tokens.access_token)).status).toBe(200);
    } finally {
      await operator(
        'SET default_transaction_read_only = off',
        'ALTER SYSTEM RESET default_transaction_read_only',
        'SELECT pg_reload_conf()',
      );
    }
    await waitUntil(
      'the session can be revoked',
      async () => (await service.api.logout(tokens.access_token)).status === 204,
    );
    expect((await service.api.me(tokens.access_token)).status).toBe(401);
  });

  it('loses no acknowledged revocation if Postgres crashes right after, even with asynchronous commit', async () => {
    const people = await Promise.all(Array.from({ length: 20 }, () => service.api.newcomer()));
    for (const { access_token } of people) expect((await service.api.logout(access_token)).status).toBe(204);
    await postgres.kill();
    await postgres.start();
    const statuses = await waitUntil('Postgres answers queries', async () => {
      const rows = await service.sql('SELECT status FROM sessions WHERE id = ANY ($1)', [
        people.map(({ session_id }) => session_id),
      ]);
      return rows.map(({ status }) => status);
    });
    expect(statuses).toEqual(people.map(() => 'revoked'));
    for (const { access_token } of people) expect((await service.api.me(access_token)).status).toBe(401);
  });
});
