import { createRevocation } from '@latchkey/revocation/create-revocation';
import type { DataSource } from 'typeorm';
import { v7 as newId } from 'uuid';
import { AccountChanges } from '../../../src/account-changes/account-changes.js';
import { dataSourceOptions, openDataSource } from '../../../src/database/data-source.js';
import { Device } from '../../../src/devices/device.entity.js';
import { GeoIp } from '../../../src/geoip/geoip.js';
import { Session } from '../../../src/sessions/session.entity.js';
import { SessionRevoker } from '../../../src/sessions/session-revoker.js';
import { SessionsService } from '../../../src/sessions/sessions.service.js';
import { PostgresSessionStore } from '../../../src/sessions/store/postgres-session-store.js';
import { SESSION_MODEL } from '../../../src/sessions/store/session-model.js';
import { User } from '../../../src/users/user.entity.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { SessionRows } from '../../support/session-rows.js';
import { testConfig } from '../../support/test-config.js';

const told = { endedAt: expect.any(Number) };

describe('SessionsService', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let rows: SessionRows;
  let ending: SessionRevoker;

  const service = (env: Record<string, string> = {}) => {
    const { revocation, sessions, clock } = createRevocation({
      store: new PostgresSessionStore(dataSource),
      bus: null,
      sharedCache: null,
      model: SESSION_MODEL,
      tokenTtlMs: 900_000,
      leaseMs: 3_000,
      maxStalenessMs: 300_000,
      memoryCacheSize: 100,
      endedSetSize: 1_000,
    });
    const changes = new AccountChanges(null);
    const config = testConfig(database.url, env);
    return new SessionsService(
      dataSource,
      ending,
      revocation,
      sessions,
      clock,
      new GeoIp([]),
      config,
      changes,
    );
  };
  const open = (sessions: SessionsService, userId: string, deviceId: string) =>
    dataSource.transaction(async (manager) => {
      await manager.query('SELECT 1 FROM users WHERE id = $1 FOR UPDATE', [userId]);
      return sessions.open(manager, { userId, deviceId, address: '192.0.2.1', userAgent: '', amr: ['pwd'] });
    });

  beforeAll(async () => {
    database = await createTestDatabase();
    dataSource = await openDataSource({
      ...dataSourceOptions(database.url, 6),
      entities: [Session, User, Device],
    });
    rows = new SessionRows(dataSource);
    ending = new SessionRevoker(dataSource);
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
    expect([...first.ended, ...again.ended]).toEqual([]);
    const { ended } = await open(sessions, userId, tablet);
    expect(ended).toHaveLength(1);
    expect(ended[0]?.reason).toBe('device_limit');
    expect((await rows.row(ended[0]?.sessionId ?? ''))?.device_id).toBe(phone);
  });

  it('keeps one session where the policy has room for one', async () => {
    const sessions = service({ MAX_SESSIONS: '1' });
    const userId = await rows.user();
    const deviceId = await rows.device(userId);
    const first = await open(sessions, userId, deviceId);
    const second = await open(sessions, userId, deviceId);
    expect(second.ended).toEqual([{ ...told, sessionId: first.sessionId, reason: 'session_limit' }]);
    expect((await sessions.list(userId)).map(({ id }) => id)).toEqual([second.sessionId]);
  });

  it.each([
    ['MAX_SESSIONS', 'session_limit'],
    ['MAX_DEVICES', 'device_limit'],
  ])(
    'never ends what it just opened, although the clock of another instance was ahead: %s',
    async (limit, reason) => {
      const sessions = service({ [limit]: '1' });
      const userId = await rows.user();
      const ahead = newId({ msecs: Date.now() + 60_000 });
      await dataSource.query(
        `INSERT INTO sessions (id, user_id, device_id, amr, sweep_at) VALUES ($1, $2, $3, '{pwd}', now())`,
        [ahead, userId, await rows.device(userId)],
      );
      const opened = await open(sessions, userId, await rows.device(userId));
      expect(opened.ended).toEqual([{ ...told, sessionId: ahead, reason }]);
      expect((await rows.row(opened.sessionId))?.status).toBe('active');
    },
  );

  it('leaves exactly the allowed number after many logins at once', async () => {
    const sessions = service({ MAX_DEVICES: '3' });
    const userId = await rows.user();
    await Promise.all(
      Array.from({ length: 12 }, async () => open(sessions, userId, await rows.device(userId))),
    );
    expect(await sessions.list(userId)).toHaveLength(3);
  });

  it('answers a second revoke as the first', async () => {
    const sessions = service();
    const sessionId = await rows.session();
    expect(await sessions.revoke({ sessionId }, 'logout', 'operator')).toBe('enforced');
    expect(await sessions.revoke({ sessionId }, 'terminated', 'operator')).toBe('enforced');
    expect((await rows.row(sessionId))?.ended_reason).toBe('logout');
  });
});

describe('SessionEnding', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let rows: SessionRows;
  let ending: SessionRevoker;

  beforeAll(async () => {
    database = await createTestDatabase();
    dataSource = await openDataSource(dataSourceOptions(database.url, 6));
    rows = new SessionRows(dataSource);
    ending = new SessionRevoker(dataSource);
  });
  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  it('tells of an end that another revoke committed while it waited for the row', async () => {
    const sessionId = await rows.session();
    const other = dataSource.createQueryRunner();
    await other.startTransaction();
    await other.query(
      `UPDATE sessions SET status = 'revoked', ended_reason = 'terminated', ended_by = 'operator' WHERE id = $1`,
      [sessionId],
    );
    const waiting = ending.revoke({ sessionId }, 'logout', 'operator');
    await new Promise((resolve) => setTimeout(resolve, 100));
    await other.commitTransaction();
    await other.release();
    expect(await waiting).toEqual([{ ...told, sessionId, reason: 'terminated' }]);
  });

  it('tells of no end that is confirmed', async () => {
    const sessionId = await rows.session();
    await ending.revoke({ sessionId }, 'logout', 'operator');
    await dataSource.query('UPDATE sessions SET enforced_at = now() WHERE id = $1', [sessionId]);
    expect(await ending.revoke({ sessionId }, 'logout', 'operator')).toEqual([]);
  });

  it('ends nothing of another user, and says what it says of an unknown session', async () => {
    const sessionId = await rows.session();
    const userId = await rows.user();
    expect(await ending.revoke({ sessionId, userId }, 'logout', 'operator')).toEqual([]);
    expect((await rows.row(sessionId))?.status).toBe('active');
  });

  it('ends one device, or all but one, or all', async () => {
    const userId = await rows.user();
    const [a = '', b = '', c = ''] = [
      await rows.device(userId),
      await rows.device(userId),
      await rows.device(userId),
    ];
    const of = { a: await rows.sessions(2, userId, a), b: await rows.sessions(2, userId, b) };
    const [ofC = ''] = await rows.sessions(1, userId, c);
    const ids = (ended: { sessionId: string }[]) => ended.map(({ sessionId }) => sessionId).sort();
    expect(ids(await ending.revoke({ userId, deviceId: a }, 'terminated', 'operator'))).toEqual(
      [...of.a].sort(),
    );
    await dataSource.query('UPDATE sessions SET enforced_at = now() WHERE id = ANY ($1)', [of.a]);
    expect(ids(await ending.revoke({ userId, exceptDeviceId: c }, 'terminated', 'operator'))).toEqual(
      [...of.b].sort(),
    );
    expect(ids(await ending.revoke({ userId }, 'terminated', 'operator'))).toEqual([...of.b, ofC].sort());
  });

  it('lets one of many at once end a session, and each of them tell of it', async () => {
    const sessionId = await rows.session();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, at) => ending.revoke({ sessionId }, 'logout', `user:${at}`)),
    );
    expect(answers).toEqual(Array.from({ length: 20 }, () => [{ ...told, sessionId, reason: 'logout' }]));
  });
});
