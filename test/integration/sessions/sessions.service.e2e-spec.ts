import type { EndedSession } from '@latchkey/revocation/session-store';
import type { DataSource } from 'typeorm';
import { v7 as newId } from 'uuid';
import { dataSourceOptions, openDataSource } from '../../../src/database/data-source.js';
import { Device } from '../../../src/devices/device.entity.js';
import { GeoIp } from '../../../src/geoip/geoip.js';
import { Session } from '../../../src/sessions/session.entity.js';
import { SessionRevoker } from '../../../src/sessions/session-revoker.js';
import { SessionsService } from '../../../src/sessions/sessions.service.js';
import { transactionTurns } from '../../../src/sessions/transaction-turns.js';
import { User } from '../../../src/users/user.entity.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { SessionRows } from '../../support/session-rows.js';
import { testConfig } from '../../support/test-config.js';

describe('SessionsService', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let rows: SessionRows;
  let revoker: SessionRevoker;
  let enforced: EndedSession[];

  const service = (env: Record<string, string> = {}) => {
    const config = testConfig(database.url, env);
    return new SessionsService(dataSource, new GeoIp([]), config);
  };
  /** Opens a session as a login does. @returns it, with what was revoked for it */
  const open = async (sessions: SessionsService, userId: string, deviceId: string) => {
    const before = enforced.length;
    const { result } = await revoker.inTransaction(async (transaction) => {
      await transaction.manager.query('SELECT 1 FROM users WHERE id = $1 FOR UPDATE', [userId]);
      const opening = { userId, deviceId, address: '192.0.2.1', userAgent: '', amr: ['pwd'], audience: null };
      return sessions.open(transaction, opening);
    });
    return { ...result, revoked: enforced.slice(before) };
  };

  beforeAll(async () => {
    database = await createTestDatabase();
    dataSource = await openDataSource({
      ...dataSourceOptions(database.url, 6),
      entities: [Session, User, Device],
    });
    rows = new SessionRows(dataSource);
    enforced = [];
    revoker = new SessionRevoker(
      dataSource,
      {
        enforce: async ({ sessions }) => {
          enforced.push(...sessions);
          return true;
        },
        closeCutOffSessions: () => {},
        invalidate: async () => {},
        announce: () => {},
        audit: () => {},
      },
      transactionTurns(10),
    );
  });
  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  it('signs out the device whose login is longest ago when a new one has no room', async () => {
    const sessions = service({ MAX_DEVICES: '2' });
    const userId = await rows.user();
    const [tv = '', phone = '', tablet = ''] = [
      await rows.device(userId),
      await rows.device(userId),
      await rows.device(userId),
    ];
    const first = await open(sessions, userId, tv);
    await open(sessions, userId, phone);
    // A new login makes the oldest device the newest.
    const again = await open(sessions, userId, tv);
    expect([...first.revoked, ...again.revoked]).toEqual([]);
    const { revoked } = await open(sessions, userId, tablet);
    expect(revoked).toHaveLength(1);
    expect(revoked[0]?.reason).toBe('device_limit');
    expect((await rows.row(revoked[0]?.sessionId ?? ''))?.device_id).toBe(phone);
  });

  it('keeps one session where the policy has room for one', async () => {
    const sessions = service({ MAX_SESSIONS: '1' });
    const userId = await rows.user();
    const deviceId = await rows.device(userId);
    const first = await open(sessions, userId, deviceId);
    const second = await open(sessions, userId, deviceId);
    expect(second.revoked).toEqual([
      { endedAt: expect.any(Number), sessionId: first.sessionId, reason: 'session_limit' },
    ]);
    expect((await sessions.list(userId, { limit: 500 })).map(({ id }) => id)).toEqual([second.sessionId]);
  });

  it.each([
    ['MAX_SESSIONS', 'session_limit'],
    ['MAX_DEVICES', 'device_limit'],
  ])(
    'never revokes the session it just opened, even if the clock of another instance is ahead: %s',
    async (limit, reason) => {
      const sessions = service({ [limit]: '1' });
      const userId = await rows.user();
      const ahead = newId({ msecs: Date.now() + 60_000 });
      await dataSource.query(
        `INSERT INTO sessions (id, user_id, device_id, amr, sweep_at) VALUES ($1, $2, $3, '{pwd}', now())`,
        [ahead, userId, await rows.device(userId)],
      );
      const opened = await open(sessions, userId, await rows.device(userId));
      expect(opened.revoked).toEqual([{ endedAt: expect.any(Number), sessionId: ahead, reason }]);
      expect((await rows.row(opened.sessionId))?.status).toBe('active');
    },
  );

  it('leaves exactly the allowed number of devices after many simultaneous logins', async () => {
    const sessions = service({ MAX_DEVICES: '3' });
    const userId = await rows.user();
    await Promise.all(
      Array.from({ length: 12 }, async () => open(sessions, userId, await rows.device(userId))),
    );
    expect(await sessions.list(userId, { limit: 500 })).toHaveLength(3);
  });
});
