import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readTail } from '@latchkey/revocation/testing/read-tail';
import { type StoreUnderTest, sessionStoreContract } from '@latchkey/revocation/testing/store-contract';
import type { DataSource } from 'typeorm';
import { dataSourceOptions, openDataSource } from '../../../src/database/data-source.js';
import { startEmbeddedPostgres } from '../../../src/database/embedded/embedded-postgres.js';
import { PostgresSessionStore } from '../../../src/sessions/store/postgres-session-store.js';
import { createTestDatabase } from '../../support/database.js';
import { SessionRows } from '../../support/session-rows.js';

/** Two sets of roles: each call of `changeRoles` switches to the other one. */
const SWITCH_ROLES = `UPDATE users SET roles = CASE roles WHEN '{}' THEN '{admin}'::text[] ELSE '{}' END WHERE id = $1`;
const BACKDATE_ROLES = `UPDATE users SET roles_changed_at = roles_changed_at - $2::interval WHERE id = ANY ($1)`;

function underTest(dataSource: DataSource, close: () => Promise<void>): StoreUnderTest {
  const rows = new SessionRows(dataSource);
  return {
    store: new PostgresSessionStore(dataSource),
    createSessions: async (count) => {
      const userId = await rows.user();
      return rows.sessions(count, userId, await rows.device(userId));
    },
    createUser: () => rows.user(),
    createSessionsOf: async (userId, count) => rows.sessions(count, userId, await rows.device(userId)),
    cutOffSessions: (userId, exempted) => rows.cutOff(userId, exempted),
    end: (ids, reason) => rows.end(ids, reason),
    changeRoles: async (userId) => {
      await dataSource.query(SWITCH_ROLES, [userId]);
    },
    backdate: async (ids, ms) => {
      await rows.backdateEnd(ids, `${ms} milliseconds`);
      await dataSource.query(BACKDATE_ROLES, [ids, `${ms} milliseconds`]);
    },
    disconnect: () => dataSource.destroy(),
    reconnect: async () => {
      await dataSource.initialize();
    },
    close: async () => {
      await dataSource.destroy();
      await close();
    },
  };
}

sessionStoreContract('Postgres', async () => {
  const database = await createTestDatabase();
  const dataSource = await openDataSource(dataSourceOptions(database.url, 4));
  return underTest(dataSource, () => database.drop());
});

sessionStoreContract('the embedded Postgres', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'latchkey-store-'));
  const database = await startEmbeddedPostgres(directory, () => {});
  const dataSource = await openDataSource(dataSourceOptions(database.url, 4));
  await dataSource.runMigrations({ transaction: 'each' });
  return underTest(dataSource, async () => {
    await database.stop();
    rmSync(directory, { recursive: true, force: true });
  });
});

describe('PostgresSessionStore', () => {
  let dataSource: DataSource;
  let drop: () => Promise<void>;
  let store: PostgresSessionStore;
  let rows: SessionRows;

  beforeAll(async () => {
    const database = await createTestDatabase();
    drop = () => database.drop();
    dataSource = await openDataSource(dataSourceOptions(database.url, 2));
    store = new PostgresSessionStore(dataSource);
    rows = new SessionRows(dataSource);
  });
  afterAll(async () => {
    await dataSource.destroy();
    await drop();
  });

  it('loads a session with everything that a check and a profile need', async () => {
    const userId = await rows.user();
    const deviceId = await rows.device(userId, 'Living room');
    const sessionId = await rows.session({ userId, deviceId });
    expect((await store.load([sessionId])).get(sessionId)).toEqual({
      sessionId,
      userId,
      deviceId,
      status: 'active',
      endedReason: null,
      createdAt: expect.any(Number),
      lastSeenAt: expect.any(Number),
      activeAt: expect.any(Number),
      address: null,
      countries: [],
      clients: [],
      needsLogin: false,
      readAt: expect.any(Number),
      rolesVersion: 0,
      sessionEpoch: 0,
      profile: {
        email: `${userId}@example.com`,
        deviceName: 'Living room',
        emailVerified: false,
        deviceKind: 'mobile',
        browser: 'Firefox 140',
        system: 'Android 16',
      },
    });
  });

  it('reports a revocation made in plain SQL, with the reason unspecified', async () => {
    const sessionId = await rows.session();
    await dataSource.query(`UPDATE sessions SET status = 'revoked' WHERE id = $1`, [sessionId]);
    expect((await readTail(store, 1_000)).sessions).toContainEqual({
      sessionId,
      reason: 'unspecified',
      endedAt: expect.any(Number),
    });
  });

  it('loads the count of role changes, also of those made in plain SQL', async () => {
    const userId = await rows.user();
    const sessionId = await rows.session({ userId });
    for (const roles of [['admin'], []]) {
      await dataSource.query('UPDATE users SET roles = $2 WHERE id = $1', [userId, roles]);
    }
    expect((await store.load([sessionId])).get(sessionId)?.rolesVersion).toBe(2);
  });
});
