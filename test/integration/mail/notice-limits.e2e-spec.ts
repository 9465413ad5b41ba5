import { newEmail } from '../../support/api.js';
import { type RunningApp, startApp } from '../../support/app.js';
import { confirmAddress } from '../../support/confirm-address.js';
import { Mailbox } from '../../support/mailbox.js';
import { waitUntil } from '../../support/wait-until.js';

const CONFIRM = 'Confirm your email address';
const SIGN_IN = 'New sign-in to your account';
const DIGEST = 'More activity in your account';

describe('notices by mail', () => {
  let mailbox: Mailbox;
  let service: RunningApp;

  beforeAll(async () => {
    mailbox = await Mailbox.open();
    service = await startApp({ SMTP_URL: mailbox.url });
  });

  afterAll(async () => {
    await service?.close();
    await mailbox?.close();
  });

  const subjectsTo = (email: string) => mailbox.to(email).map(({ parsed }) => parsed.subject);
  const loginFrom = (email: string, userAgent: string) =>
    service.api.call('POST', '/auth/login', {
      body: { email, password: 'correct horse battery' },
      headers: { 'user-agent': userAgent },
    });
  const isSent = (email: string) =>
    waitUntil('no mail waits', async () => {
      const rows = await service.sql(
        `SELECT FROM mail_outbox o JOIN users u ON u.id = o.user_id WHERE u.email = $1 AND next_attempt_at <= now()`,
        [email],
      );
      return rows.length === 0;
    });

  it('are not sent to an address that is not confirmed', async () => {
    const { email, access_token: token } = await service.api.newcomer();
    for (let time = 0; time < 5; time++) await service.api.session(email);
    await mailbox.waitFor(email, CONFIRM);
    await isSent(email);
    expect(subjectsTo(email)).toEqual([CONFIRM]);
    const { body } = await service.api.call<{ events: unknown[] }>('GET', '/security-events', { token });
    expect(body.events).toHaveLength(5);
  });

  it('become one digest with the number of each kind after ten in a day', async () => {
    const { email, access_token: token, device_token } = await service.api.newcomer();
    await confirmAddress(service, email);
    for (let time = 0; time < 30; time++) await service.api.session(email);
    await mailbox.waitFor(email, SIGN_IN, 10);
    // Of another kind: not hidden by the many.
    const change = { current_password: 'correct horse battery', new_password: 'a lonely wizard hums' };
    const { status } = await service.api.call('POST', '/auth/password/change', { token, body: change });
    expect(status).toBe(200);
    await mailbox.waitFor(email, 'Your password was changed');
    await isSent(email);
    const waiting = () =>
      service.sql(
        `SELECT o.kind, o.facts, o.next_attempt_at > now() AS "isLater" FROM mail_outbox o
         JOIN users u ON u.id = o.user_id WHERE u.email = $1`,
        [email],
      );
    expect(await waiting()).toEqual([
      { kind: 'notice_digest', facts: { counts: { new_device_sign_in: 20 } }, isLater: true },
    ]);
    await service.sql(`UPDATE mail_outbox SET next_attempt_at = now() WHERE kind = 'notice_digest'`);
    const { text } = await mailbox.waitFor(email, DIGEST);
    expect(text).toContain('20 more security events');
    expect(text).toContain(`${SIGN_IN}: 20`);
    expect(text).toContain('/account');
    expect(subjectsTo(email).filter((subject) => subject === SIGN_IN)).toHaveLength(10);
    expect(device_token).toBeDefined();
  });

  it('report programs with invented names as one client', async () => {
    const email = newEmail();
    await service.api.register(email);
    await confirmAddress(service, email);
    const chrome =
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36';
    const { body } = await loginFrom(email, chrome);
    for (let n = 0; n < 20; n++) {
      await service.api.call('GET', '/auth/me', {
        token: String(body.access_token),
        headers: { 'user-agent': `p${n}x/1` },
      });
    }
    await mailbox.waitFor(email, 'Unusual activity in your account');
    await isSent(email);
    expect(
      subjectsTo(email).filter((subject) => subject === 'Unusual activity in your account'),
    ).toHaveLength(1);
  });
});

describe('what is kept of an account', () => {
  let service: RunningApp;

  beforeAll(async () => {
    service = await startApp();
  });
  afterAll(() => service?.close());

  it('is limited to the newest hundred events of each kind', async () => {
    const { email } = await service.api.newcomer();
    const [{ id } = {}] = await service.sql('SELECT id FROM users WHERE email = $1', [email]);
    const insert = (kind: string, count: number) =>
      service.sql(
        `INSERT INTO security_events (id, user_id, kind, at)
         SELECT gen_random_uuid(), $1, $2, now() - n * interval '1 minute' FROM generate_series(1, $3) n`,
        [id, kind, count],
      );
    await insert('new_device_sign_in', 150);
    await insert('password_reset', 3);
    await service.api.session(email);
    const counts = await service.sql(
      `SELECT kind, count(*)::integer, max(at) > now() - interval '30 seconds' AS "isNewest"
       FROM security_events WHERE user_id = $1 GROUP BY kind ORDER BY kind`,
      [id],
    );
    expect(counts).toEqual([
      { kind: 'new_device_sign_in', count: 100, isNewest: true },
      { kind: 'password_reset', count: 3, isNewest: false },
    ]);
  });
});
