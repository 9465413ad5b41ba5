import { DataSource } from 'typeorm';
import { runMigrations } from '../../src/database/migrations.js';
import { UsedGenerations } from '../../src/sessions/check/used-generations.js';
import type { Tokens } from '../support/api.js';
import { type RunningApp, startApp } from '../support/app.js';
import { PostgresServer } from '../support/postgres-server.js';
import { waitUntil } from '../support/wait-until.js';

describe('the first use of refreshed tokens', () => {
  let postgres: PostgresServer;
  let service: RunningApp;

  beforeAll(async () => {
    postgres = await PostgresServer.start({ durable: true });
    await runMigrations(postgres.url);
    // A short idle lifetime, because what could not be written is repeated after a tenth of it.
    service = await startApp({ SESSION_IDLE_TTL: '20s', REFRESH_GRACE: '0' }, { database: postgres });
  }, 180_000);
  afterAll(async () => {
    await service?.close();
    await postgres?.dispose();
  });

  const refreshed = async () => {
    const { api } = service;
    const tokens = await api.newcomer();
    // In memory, so that the next check reads nothing.
    expect((await api.me(tokens.access_token)).status).toBe(200);
    return { tokens, ...(await api.refresh(tokens.refresh_token)).body };
  };
  const isRecorded = async ({ session_id }: Pick<Tokens, 'session_id'>) => {
    const [row] = await service.sql('SELECT used_generation FROM sessions WHERE id = $1', [session_id]);
    return row?.used_generation === 1;
  };
  const pendingOf = ({ session_id }: Tokens) =>
    service.app.get(UsedGenerations, { strict: false }).pendingOf(session_id);

  it('is not delayed by a locked row, and recorded when the row is free', async () => {
    const session = await refreshed();
    await service.app.get(DataSource).transaction(async (manager) => {
      await manager.query('SELECT id FROM sessions WHERE id = $1 FOR UPDATE', [session.session_id]);
      expect((await service.api.me(session.access_token)).status).toBe(200);
      expect(pendingOf(session)).toBe(1);
      const other = await refreshed();
      expect((await service.api.me(other.access_token)).status).toBe(200);
      await waitUntil('another session is recorded meanwhile', () => isRecorded(other));
      expect(pendingOf(session)).toBe(1);
    });
    await waitUntil('the use is recorded', () => isRecorded(session));
    expect(pendingOf(session)).toBe(0);
  });

  it('is granted while Postgres is down, and recorded afterwards', async () => {
    const session = await refreshed();
    await postgres.kill();
    try {
      expect((await service.api.me(session.access_token)).status).toBe(200);
      expect(pendingOf(session)).toBe(1);
    } finally {
      await postgres.start();
    }
    await waitUntil('the use is recorded', () => isRecorded(session), { timeoutMs: 30_000 });
    expect(await service.api.refresh(session.tokens.refresh_token)).toMatchObject({
      status: 401,
      body: { reason: 'refresh_reuse' },
    });
  }, 120_000);
});
