import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'pg';
import { type Api, PASSWORD, type Tokens } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { decodeJwt } from '../support/decode-jwt.js';
import { Mailbox } from '../support/mailbox.js';
import { sendRaw } from '../support/raw-http.js';
import { serviceEnv } from '../support/service-env.js';
import { ServiceProcess } from '../support/service-process.js';
import { Traffic } from '../support/traffic.js';
import { waitUntil } from '../support/wait-until.js';

const START_MS = 180_000;
const FIVE_MINUTES_MS = 300_000;
/** Longer than a link to reset a password is useful. */
const TWO_HOURS_MS = 7_200_000;
const WRONG_CLOCK = new URL('../support/wrong-clock.ts', import.meta.url).href;
/** By then the file was read again and the lease that detected the step was renewed. */
const STEPPED_MS = 1_500;

describe('two instances, one of which has its clock changed', () => {
  const directory = mkdtempSync(join(tmpdir(), 'latchkey-clock-'));
  const clockFile = join(directory, 'offset');
  let database: TestDatabase;
  let postgres: Pool;
  let services: ServiceProcess[] = [];
  let right: Api;
  let wrong: Api;

  const set = (offsetMs: number) => writeFileSync(clockFile, String(offsetMs));

  beforeAll(async () => {
    set(0);
    database = await createTestDatabase();
    postgres = new Pool({ connectionString: database.url, max: 2 });
    // Every lifetime is shorter than the step, so that any decision by the wrong clock would be wrong.
    const env = serviceEnv(database.url, {
      REDIS_URL: process.env.TEST_REDIS_URL ?? '',
      LATCHKEY_POLICY: 'bank',
      ACCESS_TOKEN_TTL: '4m',
      SESSION_IDLE_TTL: '4m',
      SESSION_ABSOLUTE_TTL: '5m',
      REAUTHENTICATION_MAX_AGE: '4m',
      WRONG_CLOCK_FILE: clockFile,
    });
    services = await Promise.all([ServiceProcess.start(env), ServiceProcess.start(env, [WRONG_CLOCK])]);
    [right, wrong] = services.map(({ api }) => api) as [Api, Api];
    await bothTrust();
  }, START_MS);
  afterAll(async () => {
    await Promise.all(services.map((service) => service.stop()));
    await postgres?.end();
    await database?.drop();
    rmSync(directory, { recursive: true, force: true });
  });

  const both = () => [right, wrong];
  const bothTrust = () =>
    waitUntil(
      'both instances trust their caches',
      async () => {
        const states = await Promise.all(both().map((api) => api.call('GET', '/health/ready')));
        return states.every(({ body }) => body.caches_trusted === true);
      },
      { timeoutMs: 30_000 },
    );
  async function warmedUp(from: Api = right): Promise<Tokens & { email: string }> {
    const person = await from.newcomer();
    for (const api of both()) expect((await api.me(person.access_token)).status).toBe(200);
    return person;
  }
  const age = (id: string, column: string, interval: string) =>
    postgres.query(`UPDATE sessions SET ${column} = ${column} - $2::interval WHERE id = $1`, [id, interval]);

  const reportedTime = async (url: string) => {
    // The service sets this `date` header itself; on all other responses Node sets it from the system clock.
    const { headers } = await sendRaw(Number(new URL(url).port), 'no HTTP\r\n\r\n');
    return Date.parse(headers.date ?? '');
  };

  describe.each([
    ['forwards', FIVE_MINUTES_MS],
    ['back', -FIVE_MINUTES_MS],
  ])('%s by five minutes', (_, offsetMs) => {
    let before: Tokens & { email: string };

    beforeAll(async () => {
      set(0);
      await bothTrust();
      before = await warmedUp(wrong);
      const watch = both().map((api) => new Traffic(() => api.me(before.access_token)));
      set(offsetMs);
      await sleep(STEPPED_MS);
      for (const { statuses } of await Promise.all(watch.map((traffic) => traffic.stop()))) {
        expect(Object.keys(statuses)).toEqual(['200']);
      }
    });
    afterAll(() => set(0));

    it('actually runs with a wrong clock', async () => {
      const [one, other] = await Promise.all(services.map(({ url }) => reportedTime(url)));
      expect(Math.abs((other ?? 0) - (one ?? 0) - offsetMs)).toBeLessThan(10_000);
    });

    it('still grants and refreshes sessions opened before the change', async () => {
      await bothTrust();
      for (const api of both()) expect((await api.me(before.access_token)).status).toBe(200);
      const { status, body } = await wrong.refresh(before.refresh_token);
      expect(status).toBe(200);
      // A second tab, served by the other instance.
      expect((await right.refresh(before.refresh_token)).body.refresh_token).toBe(body.refresh_token);
      for (const api of both()) expect((await api.me(body.access_token)).status).toBe(200);
    });

    it('issues tokens with the correct time, valid on both instances', async () => {
      const tokens = await warmedUp(wrong);
      const { iat, exp } = decodeJwt(tokens.access_token) as unknown as { iat: number; exp: number };
      expect(Math.abs(iat - Date.now() / 1000)).toBeLessThan(30);
      expect(exp - iat).toBe(240);
    });

    it('refuses a session on both instances as soon as either revokes it', async () => {
      for (const revoker of both()) {
        const ended = await warmedUp(revoker);
        expect((await revoker.logout(ended.access_token)).status).toBe(204);
        for (const api of both()) {
          expect(await api.me(ended.access_token)).toMatchObject({ body: { code: 'session_revoked' } });
          expect((await api.refresh(ended.refresh_token)).status).toBe(401);
        }
      }
    });

    it.each([
      ['last_seen_at', '3 minutes', 200],
      ['last_seen_at', '5 minutes', 401],
      ['created_at', '4 minutes', 200],
      ['created_at', '6 minutes', 401],
    ] as const)('answers a session whose %s was %s ago with %i', async (column, ago, status) => {
      const tokens = await right.newcomer();
      await age(tokens.session_id, column, ago);
      expect((await wrong.me(tokens.access_token)).status).toBe(status);
      expect((await wrong.refresh(tokens.refresh_token)).status).toBe(status);
    });

    it('revokes on reuse of a refresh token after its grace, but not within it', async () => {
      const { refresh_token, session_id } = await right.newcomer();
      const { refresh_token: successor, access_token } = (await wrong.refresh(refresh_token)).body;
      expect((await wrong.me(access_token)).status).toBe(200);
      await age(session_id, 'rotated_at', '5 seconds');
      expect((await wrong.refresh(refresh_token)).body.refresh_token).toBe(successor);
      await age(session_id, 'rotated_at', '6 seconds');
      expect((await wrong.refresh(refresh_token)).body).toMatchObject({ reason: 'refresh_reuse' });
    });

    it('decides correctly whether a login is recent', async () => {
      const { email, access_token, device_id, device_token } = await wrong.newcomer();
      const rename = (api: Api, token: string) =>
        api.call('PATCH', `/devices/${device_id}`, { token, body: { name: 'Mine' } });
      for (const api of both()) expect((await rename(api, access_token)).status).toBe(200);
      const later = await right.session(email, { device_token, password: PASSWORD });
      await age(later.session_id, 'auth_time', '4 minutes 5 seconds');
      const { body } = await right.refresh(later.refresh_token);
      for (const api of both()) {
        expect((await rename(api, body.access_token)).body.code).toBe('reauthentication_required');
      }
    });

    it('has ended no session without a reason', async () => {
      const { rows } = await postgres.query(
        `SELECT ended_reason FROM sessions
         WHERE status <> 'active' AND ended_reason NOT IN ('logout', 'refresh_reuse', 'session_limit')`,
      );
      expect(rows).toEqual([]);
    });
  });
});

describe('an instance whose clock is two hours ahead', () => {
  const directory = mkdtempSync(join(tmpdir(), 'latchkey-clock-'));
  let database: TestDatabase;
  let mailbox: Mailbox;
  let service: ServiceProcess | undefined;
  let isRefusing = true;

  beforeAll(async () => {
    writeFileSync(join(directory, 'offset'), String(TWO_HOURS_MS));
    database = await createTestDatabase();
    mailbox = await Mailbox.open({
      onReceived: async () => {
        if (isRefusing) throw new Error('450 try again later');
      },
    });
    const env = serviceEnv(database.url, {
      SMTP_URL: mailbox.url,
      WRONG_CLOCK_FILE: join(directory, 'offset'),
    });
    service = await ServiceProcess.start(env, [WRONG_CLOCK]);
  }, START_MS);
  afterAll(async () => {
    await service?.stop();
    await mailbox?.close();
    await database?.drop();
    rmSync(directory, { recursive: true, force: true });
  });

  it('sends the mail to reset a password, also after a failed attempt', async () => {
    const { email } = (await service?.api.newcomer()) ?? {};
    await waitUntil('the mail to confirm the address has arrived', () => mailbox.mails.length > 0);
    isRefusing = false;
    await service?.api.call('POST', '/auth/password/forgot', { body: { email } });
    const subjects = () => mailbox.mails.map(({ parsed }) => parsed.subject);
    await waitUntil('the mail to reset the password has arrived', () =>
      subjects().some((subject) => subject?.includes('Reset')),
    );
    // The first one was refused at first, and is repeated.
    await waitUntil('the mail to confirm the address has arrived again', () => mailbox.mails.length > 2);
  });
});
