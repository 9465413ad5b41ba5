import { DataSource } from 'typeorm';
import { loadSessions } from '../../../bench/growth/load-sessions.js';
import { HEAVY, populationOf } from '../../../bench/growth/population.js';
import { UserErasure } from '../../../src/account/user-erasure.js';
import { exportUser } from '../../../src/account/user-export.js';
import { sessionsOfUser } from '../../../src/cli/user-sessions.js';
import { PROTOCOL_DATA_SOURCE } from '../../../src/database/protocol-data-source.js';
import { RedisAuthenticators } from '../../../src/redis/redis-authenticators.js';
import { LastSeen } from '../../../src/sessions/check/last-seen.js';
import { SessionRotation } from '../../../src/sessions/refresh/session-rotation.js';
import { Session } from '../../../src/sessions/session.entity.js';
import { SessionHistories } from '../../../src/sessions/session-history.js';
import { SessionRevoker } from '../../../src/sessions/session-revoker.js';
import { SessionSweeper } from '../../../src/sessions/store/session-sweeper.js';
import { UsersService } from '../../../src/users/users.service.js';
import { newEmail, type Tokens } from '../../support/api.js';
import { type RunningApp, startApp } from '../../support/app.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { type Explained, explainEverything, QueryPlans, scans } from '../../support/query-plans.js';
import { waitUntil } from '../../support/wait-until.js';

/** Enough rows that a sequential scan is the worse plan for any statement that needs few of them. */
const SESSIONS = 60_000;
const BIG_TABLES = ['users', 'devices', 'sessions', 'session_events'];

describe('the query plans of requests and background jobs on large tables never scan a whole table', () => {
  let database: TestDatabase;
  let service: RunningApp;
  let plans: QueryPlans;
  /** Tokens of a user with many sessions. */
  let busy: Tokens;
  let me: Tokens & { email: string };

  beforeAll(async () => {
    database = await createTestDatabase();
    await loadSessions(database.url, populationOf(SESSIONS));
    const admin = await new DataSource({ type: 'postgres', url: database.url }).initialize();
    for (const statement of explainEverything(database.name)) await admin.query(statement);
    const [crowded] = await admin.query(
      `SELECT min(id::text) AS id FROM sessions WHERE user_id =
         (SELECT user_id FROM sessions WHERE status = 'active' GROUP BY user_id HAVING count(*) = ${HEAVY.sessions} LIMIT 1)`,
    );
    await admin.destroy();

    service = await startApp({ SESSION_CACHE_SIZE: '1', MAX_DEVICES: '3', MAX_SESSIONS: '4' }, { database });
    plans = new QueryPlans([service.app.get(DataSource), service.app.get(PROTOCOL_DATA_SOURCE)]);
    me = await service.api.newcomer();
    busy = (await service.api.refresh(service.app.get(SessionRotation).firstToken(crowded.id))).body;
  });

  afterAll(async () => {
    await service?.close();
    await database?.drop();
  });

  const get = <T>(it: abstract new (...args: never[]) => T) =>
    service.app.get<T>(it as never, { strict: false });
  const ok = async (answer: Promise<{ status: number }>) => expect((await answer).status).toBeLessThan(300);
  const another = (extra = {}) => service.api.session(me.email, extra);

  const paths: [string, RegExp, () => Promise<unknown>][] = [
    ['a registration', /INSERT INTO "users"/, () => ok(service.api.register(newEmail()))],
    ['a login from a new device', /INSERT INTO sessions/, () => another()],
    ['a login from a known device', /UPDATE devices/, () => another({ device_token: me.device_token })],
    [
      'a login beyond the device limit',
      /SELECT s\.device_id AS kept FROM sessions/,
      async () => {
        for (let logins = 0; logins < 4; logins++) await another();
      },
    ],
    ['a refresh', /SET refresh_generation/, async () => service.api.refresh((await another()).refresh_token)],
    [
      'a repeated refresh',
      /"isUserActive"/,
      async () => {
        const { refresh_token } = await another();
        await service.api.refresh(refresh_token);
        await ok(service.api.refresh(refresh_token));
      },
    ],
    [
      'a check that misses the memory cache',
      /read_at/,
      async () => {
        const tokens = await another();
        await ok(service.api.me(busy.access_token));
        await ok(service.api.me(tokens.access_token));
      },
    ],
    ['a device list', /FROM "devices"/, async () => ok(service.api.devices((await another()).access_token))],
    ['a long device list', /FROM "sessions"/, () => ok(service.api.devices(busy.access_token))],
    ['a session list', /FROM "sessions"/, () => ok(service.api.sessions(busy.access_token))],
    [
      'a device rename',
      /UPDATE devices/,
      async () => {
        const { access_token, device_id } = await another();
        await ok(
          service.api.call('PATCH', `/devices/${device_id}`, { token: access_token, body: { name: 'Desk' } }),
        );
      },
    ],
    [
      'the revocation of a session',
      /SET status = 'revoked'/,
      async () => {
        const { access_token, session_id } = await another();
        await ok(service.api.end(access_token, `/sessions/${session_id}`));
      },
    ],
    ['a logout', /SET enforced_at/, async () => service.api.logout((await another()).access_token)],
    [
      'the termination of a device',
      /SET terminated_at/,
      async () => {
        const { access_token, device_id } = await another();
        await ok(service.api.end(access_token, `/devices/${device_id}`));
      },
    ],
    [
      'the revocation of all other devices',
      /device_id <> /,
      async () => ok(service.api.end((await another()).access_token, '/devices?except=current')),
    ],
    [
      'the termination of several devices',
      /id = ANY/,
      async () => {
        const others = [await another(), await another()];
        const { access_token: token } = await another();
        const body = { device_ids: others.map(({ device_id }) => device_id) };
        await ok(service.api.call('POST', '/devices/terminate', { token, body }));
      },
    ],
    [
      'the revocation of all devices',
      /SET status = 'revoked'/,
      async () => ok(service.api.end((await another()).access_token, '/devices')),
    ],
    [
      'the tail of revocations',
      /UNION ALL/,
      () => waitUntil('the tail is read', async () => tail(), { timeoutMs: 10_000 }),
    ],
    [
      'the flush of last-seen times',
      /last_seen_at < seen\.at/,
      async () => {
        await service.api.me((await another()).access_token);
        await get(LastSeen).flush();
      },
    ],
    ['a sweep', /DELETE FROM devices/, () => get(SessionSweeper).sweep()],
    [
      'a role change',
      /UPDATE "users"/,
      async () => {
        const user = await get(UsersService).findByEmail(me.email);
        await get(UsersService).grantRole(user?.id ?? '', 'auditor');
      },
    ],
    [
      'the sessions of a user, for an operator',
      /FROM "sessions"/,
      async () => {
        const { userId } = await service.app
          .get(DataSource)
          .getRepository(Session)
          .findOneByOrFail({ id: busy.session_id });
        expect(
          await sessionsOfUser(service.app.get(DataSource).getRepository(Session), userId, { limit: 100 }),
        ).toHaveLength(100);
      },
    ],
    [
      'the export of a user',
      /to_jsonb/,
      async () => {
        const user = await get(UsersService).findByEmail(me.email);
        await exportUser(service.app.get(DataSource), user?.id ?? '');
      },
    ],
    [
      'the deletion of a user',
      /DELETE FROM ONLY "public"."sessions"/,
      async () => {
        const { email } = await service.api.newcomer();
        const user = await get(UsersService).requireById(
          (await get(UsersService).findByEmail(email))?.id ?? '',
        );
        await new UserErasure(
          service.app.get(DataSource),
          get(UsersService),
          get(SessionRevoker),
          null,
        ).erase(user);
      },
    ],
    [
      'the history of a session',
      /FROM "session_events"/,
      () =>
        new SessionHistories(service.app.get(DataSource), null, service.app.get(RedisAuthenticators)).find(
          me.session_id,
        ),
    ],
  ];

  let seen: Explained[] = [];
  const tail = () => {
    seen.push(...plans.take());
    return seen.some(({ sql }) => sql.includes('UNION ALL'));
  };

  it.each(paths)('%s', async (_name, statement, act) => {
    seen = [];
    plans.take();
    await act();
    seen.push(...plans.take());
    expect(seen.map(({ sql }) => sql).join('\n')).toMatch(statement);
    const whole = seen.filter((explained) =>
      scans(explained).some(({ how, table }) => how === 'Seq Scan' && BIG_TABLES.includes(table)),
    );
    expect(whole.map(({ sql, plan }) => `${sql}\n${JSON.stringify(plan, null, 1)}`)).toEqual([]);
  });
});
