import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import { SecurityEvents } from '../../../src/security-events/security-events.js';
import { newEmail, PASSWORD, type Tokens } from '../../support/api.js';
import { type RunningApp, startApp } from '../../support/app.js';
import { BROWSERS } from '../../support/clients.js';
import { confirmAddress } from '../../support/confirm-address.js';
import { Deployment } from '../../support/deployment.js';
import { Mailbox } from '../../support/mailbox.js';
import { untilBlocking } from '../../support/until-blocking.js';
import { waitUntil } from '../../support/wait-until.js';

const NEW_PASSWORD = 'a lonely wizard hums';
const RESET = 'Reset your password';
const CONFIRM = 'Confirm your email address';
const SIGN_IN = 'New sign-in to your account';
const ORIGIN = 'https://id.example.com';

/** Does not use `fetch`, which sets `Host` itself. */
function withHeader(url: string, body: unknown, name: string, value: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', [name]: value };
    const sent = request(url, { method: 'POST', headers }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode ?? 0));
    });
    sent.once('error', reject).end(JSON.stringify(body));
  });
}

/** Covers the cases of the OWASP Forgot Password Cheat Sheet. */
describe('account self-service by mail', () => {
  let mailbox: Mailbox;
  let service: RunningApp;

  beforeAll(async () => {
    mailbox = await Mailbox.open();
    service = await startApp({
      SMTP_URL: mailbox.url,
      LATCHKEY_ISSUER: ORIGIN,
      LOGIN_ATTEMPTS_PER_ADDRESS: '100000',
      LOGIN_ATTEMPTS_PER_ACCOUNT: '5',
    });
  });

  afterAll(async () => {
    await service?.close();
    await mailbox?.close();
  });

  const confirmedNewcomer = async () => {
    const newcomer = await service.api.newcomer();
    await confirmAddress(service, newcomer.email);
    return newcomer;
  };
  const post = (
    path: string,
    body: unknown,
    more: { token?: string; headers?: Record<string, string> } = {},
  ) => service.api.call('POST', path, { body, ...more });
  const forgot = (email: string, headers: Record<string, string> = {}) =>
    post('/auth/password/forgot', { email }, { headers });
  const reset = (token: string, new_password = NEW_PASSWORD) =>
    post('/auth/password/reset', { token, new_password });
  const change = (token: string, current_password: string, new_password = NEW_PASSWORD) =>
    post('/auth/password/change', { current_password, new_password }, { token });
  const resetToken = async (email: string, count = 1) => {
    await forgot(email);
    return (await mailbox.waitFor(email, RESET, count)).token;
  };
  const kindsOf = async ({ access_token: token }: Pick<Tokens, 'access_token'>) => {
    const { body } = await service.api.call<{ events: { kind: string }[] }>('GET', '/security-events', {
      token,
    });
    return body.events.map(({ kind }) => kind);
  };
  const isRefused = async (tokens: Tokens, reason: string) => {
    expect(await service.api.me(tokens.access_token)).toMatchObject({
      status: 401,
      body: { code: 'session_revoked', reason },
    });
    expect(await service.api.refresh(tokens.refresh_token)).toMatchObject({
      status: 401,
      body: { code: 'invalid_grant', reason },
    });
  };
  const invalidLink = { status: 400, body: { code: 'invalid_link' } };

  describe('password reset', () => {
    it('accepts a mailed link once and revokes every session', async () => {
      const one = await service.api.newcomer();
      const two = await service.api.session(one.email);
      const token = await resetToken(one.email);
      expect(await reset(token)).toMatchObject({ status: 204, text: '' });
      await isRefused(one, 'password_reset');
      await isRefused(two, 'password_reset');
      expect((await service.api.login(one.email)).status).toBe(401);
      const again = await service.api.session(one.email, { password: NEW_PASSWORD });
      expect((await kindsOf(again)).slice(0, 2)).toEqual(
        expect.arrayContaining(['new_device_sign_in', 'password_reset']),
      );
      expect((await service.api.me(again.access_token)).body).toMatchObject({
        user: { email_verified: true },
      });
      await mailbox.waitFor(one.email, 'Your password was reset');
      expect(await reset(token, 'another lonely wizard')).toMatchObject(invalidLink);
      expect((await service.api.me(again.access_token)).status).toBe(200);
    });

    it('names the account of a link that can be used, without using it up', async () => {
      const { email } = await service.api.newcomer();
      const token = await resetToken(email);
      const account = () => post('/auth/password/reset/account', { token });
      expect(await account()).toMatchObject({ status: 200, body: { email } });
      expect((await reset(token)).status).toBe(204);
      expect(await account()).toMatchObject(invalidLink);
    });

    it('answers the same for a known and an unknown address', async () => {
      const { email } = await service.api.newcomer();
      const stable = ({ headers }: { headers: Headers }) =>
        [...headers.keys()].filter((name) => name !== 'x-request-id');
      const known = await forgot(email);
      const unknown = await forgot(newEmail());
      expect({ ...known, headers: stable(known) }).toEqual({ ...unknown, headers: stable(unknown) });
      expect(known).toMatchObject({ status: 202, text: '' });
    });

    it('does not wait for the mail server, whose time would tell a known address from an unknown one', async () => {
      let answer = () => {};
      const silence = new Promise<void>((resolve) => {
        answer = resolve;
      });
      const silent = await Mailbox.open({
        onConnect: (_session, accept) => void silence.then(() => accept()),
      });
      const deployment = await Deployment.create({ SMTP_URL: silent.url });
      try {
        const { api } = await deployment.start();
        const { email } = await api.newcomer();
        const { status } = await api.call('POST', '/auth/password/forgot', { body: { email } });
        expect(status).toBe(202);
        expect(silent.mails).toEqual([]);
        answer();
        await silent.waitFor(email, RESET);
      } finally {
        answer();
        await deployment.close();
        await silent.close();
      }
    });

    it.each<[string, string]>([
      ['host', 'evil.example'],
      ['host', 'id.example.com:evil.example'],
      ['x-forwarded-host', 'evil.example'],
      ['forwarded', 'host=evil.example;proto=http'],
      ['x-original-host', 'evil.example'],
      ['referer', 'https://evil.example/'],
    ])('links to the configured origin despite the header %s: %s', async (name, value) => {
      const { email } = await service.api.newcomer();
      expect(await withHeader(`${service.url}/auth/password/forgot`, { email }, name, value)).toBeLessThan(
        500,
      );
      await forgot(email);
      const mail = await mailbox.waitFor(email, RESET);
      for (const { raw } of mailbox.to(email)) expect(raw).not.toContain('evil.example');
      const links = `${mail.text} ${mail.html}`.match(/https?:\/\/[^\s"<]+/g) ?? [];
      expect(links.length).toBeGreaterThan(0);
      // The token is in the fragment, which appears in no request line, log or referrer.
      for (const link of links)
        expect(link).toMatch(/^https:\/\/id\.example\.com\/account\/reset-password#token=lkm_/);
    });

    it('limits the number of mails to one address', async () => {
      const { email } = await service.api.newcomer();
      const answers = await Promise.all(Array.from({ length: 20 }, () => forgot(email)));
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
      await mailbox.waitFor(email, RESET);
      for (let asked = 0; asked < 5; asked++) await forgot(email);
      await sleep(2_500);
      // Requests that found one waiting were merged with it.
      expect(mailbox.to(email).filter(({ parsed }) => parsed.subject === RESET).length).toBeLessThanOrEqual(
        3,
      );
    });

    it('keeps the link valid when the new password is rejected', async () => {
      const { email } = await service.api.newcomer();
      const token = await resetToken(email);
      for (const weak of ['short', 'password123', email]) {
        expect(await reset(token, weak)).toMatchObject({ status: 400, body: { code: 'password_rejected' } });
      }
      expect((await reset(token)).status).toBe(204);
    });

    it('accepts an older link after a newer one was sent, and none after one was used', async () => {
      const { email } = await service.api.newcomer();
      const older = await resetToken(email);
      const newer = await resetToken(email, 2);
      expect(newer).not.toBe(older);
      expect((await reset(older)).status).toBe(204);
      expect(await reset(newer, 'another lonely wizard')).toMatchObject(invalidLink);
      expect((await service.api.login(email, { password: NEW_PASSWORD })).status).toBe(200);
    });

    it('accepts one of ten concurrent uses of a link', async () => {
      const { email } = await service.api.newcomer();
      const token = await resetToken(email);
      const passwords = Array.from({ length: 10 }, (_, at) => `lonely wizard number ${at}`);
      const answers = await Promise.all(passwords.map((password) => reset(token, password)));
      expect(answers.map(({ status }) => status).sort()).toEqual([204, ...Array(9).fill(400)]);
      const winner = passwords[answers.findIndex(({ status }) => status === 204)] ?? '';
      expect((await service.api.login(email, { password: winner })).status).toBe(200);
    });

    it('accepts one of two links that are used at once', async () => {
      const { email } = await service.api.newcomer();
      const tokens = [await resetToken(email), await resetToken(email, 2)];
      const answers = await Promise.all(tokens.map((token) => reset(token)));
      expect(answers.map(({ status }) => status).sort()).toEqual([204, 400]);
    });

    it('refuses an expired link', async () => {
      const { email } = await service.api.newcomer();
      const token = await resetToken(email);
      const ours = `user_id = (SELECT id FROM users WHERE email = $1) AND purpose = 'reset_password'`;
      const [row] = await service.sql(
        `SELECT extract(epoch FROM expires_at - created_at)::int AS seconds FROM account_links WHERE ${ours}`,
        [email],
      );
      expect(row).toEqual({ seconds: 1800 });
      await service.sql(`UPDATE account_links SET expires_at = now() WHERE ${ours}`, [email]);
      expect(await reset(token)).toMatchObject(invalidLink);
      expect((await service.api.login(email)).status).toBe(200);
    });

    it('refuses links of a disabled user and sends none', async () => {
      const { email } = await service.api.newcomer();
      const token = await resetToken(email);
      await service.sql(`UPDATE users SET status = 'disabled' WHERE email = $1`, [email]);
      expect(await reset(token)).toMatchObject(invalidLink);
      await forgot(email);
      await waitUntil(
        'the outbox to be empty',
        async () => (await service.sql('SELECT FROM mail_outbox')).length === 0,
      );
      expect(mailbox.to(email).filter(({ parsed }) => parsed.subject === RESET)).toHaveLength(1);
    });

    it('changes only the password of the user to whom the link was sent', async () => {
      const [one, other] = [await service.api.newcomer(), await service.api.newcomer()];
      const token = await resetToken(one.email);
      expect(
        await post('/auth/password/reset', { token, new_password: NEW_PASSWORD, email: other.email }),
      ).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
      expect((await reset(token)).status).toBe(204);
      expect((await service.api.me(other.access_token)).status).toBe(200);
      expect((await service.api.login(other.email)).status).toBe(200);
    });

    it('refuses a token that was guessed, altered or issued for another purpose', async () => {
      const { email, access_token, refresh_token, device_token } = await service.api.newcomer();
      const confirm = (await mailbox.waitFor(email, CONFIRM)).token;
      const token = await resetToken(email);
      const flipped = token.slice(0, -2) + (token.at(-2) === 'A' ? 'B' : 'A') + token.at(-1);
      const guesses = [
        flipped,
        confirm,
        access_token,
        refresh_token,
        device_token,
        `lkm_${randomBytes(48).toString('base64url')}`,
        'lkm_',
        token.toLowerCase(),
      ];
      for (const guess of guesses) expect(await reset(guess)).toMatchObject(invalidLink);
      for (const other of ['email/confirm', 'email/reject', 'disown']) {
        expect(await post(`/auth/${other}`, { token })).toMatchObject(invalidLink);
      }
      expect((await reset(token)).status).toBe(204);
    });

    it('has no effect when a link is merely followed, as mail scanners do', async () => {
      const { email } = await service.api.newcomer();
      const token = await resetToken(email);
      for (const path of ['password/reset', 'disown', 'email/confirm', 'email/reject']) {
        expect((await service.api.call('GET', `/auth/${path}?token=${token}`)).status).toBe(405);
      }
      expect((await reset(token)).status).toBe(204);
    });

    it('unlocks an account that was locked because of failed logins', async () => {
      const email = newEmail();
      await service.api.register(email);
      for (let guess = 0; guess < 6; guess++) await service.api.login(email, { password: 'not this one' });
      expect((await service.api.login(email)).status).toBe(429);
      expect((await reset(await resetToken(email))).status).toBe(204);
      expect((await service.api.login(email, { password: NEW_PASSWORD })).status).toBe(200);
    });

    it('leaves no session active that a concurrent login opened with the old password', async () => {
      const { email } = await service.api.newcomer();
      const token = await resetToken(email);
      const logins = Array.from({ length: 5 }, () => service.api.login(email));
      const done = reset(token);
      const late = Array.from({ length: 5 }, () => service.api.login(email));
      expect((await done).status).toBe(204);
      for (const { status, body } of await Promise.all([...logins, ...late])) {
        if (status === 200) expect((await service.api.me(body.access_token)).status).toBe(401);
      }
    });
  });

  it('refuses a login whose password is replaced after the comparison', async () => {
    const { email } = await service.api.newcomer();
    let login: ReturnType<typeof service.api.login> | undefined;
    await service.app.get(DataSource).transaction(async (manager) => {
      await manager.query('SELECT id FROM users WHERE email = $1 FOR NO KEY UPDATE', [email]);
      login = service.api.login(email);
      await untilBlocking(manager, 'the login');
      await manager.query('UPDATE users SET password_version = password_version + 1 WHERE email = $1', [
        email,
      ]);
    });
    expect(await login).toMatchObject({ status: 401, body: { code: 'invalid_credentials' } });
  });

  describe('password change', () => {
    it('revokes every session and opens a new one on the same device', async () => {
      const one = await confirmedNewcomer();
      const sameDevice = await service.api.session(one.email, { device_token: one.device_token });
      const other = await service.api.session(one.email);
      const { status, headers, body } = await change(one.access_token, PASSWORD);
      const renewed = body as unknown as Tokens;
      expect([status, headers.get('cache-control'), headers.get('set-cookie')]).toEqual([
        200,
        'no-store',
        null,
      ]);
      expect(renewed).toEqual({
        access_token: expect.any(String),
        refresh_token: expect.any(String),
        token_type: 'Bearer',
        expires_in: 900,
        session_expires_at: expect.any(String),
        session_absolute_expires_at: expect.any(String),
        session_id: expect.any(String),
        device_id: one.device_id,
      });
      expect(renewed.session_id).not.toBe(one.session_id);
      await isRefused(other, 'password_changed');
      await isRefused(sameDevice, 'password_changed');
      // Copies of the caller's own tokens too.
      await isRefused(one, 'replaced');
      expect((await service.api.me(renewed.access_token)).status).toBe(200);
      expect((await service.api.refresh(renewed.refresh_token)).status).toBe(200);
      expect((await service.api.login(one.email)).status).toBe(401);
      expect((await service.api.login(one.email, { password: NEW_PASSWORD })).status).toBe(200);
      expect(await kindsOf(renewed)).toContain('password_changed');
      await mailbox.waitFor(one.email, 'Your password was changed');
    });

    it('keeps what is known about the session, so that the next use is not suspicious', async () => {
      const one = await service.api.newcomer();
      const { body } = await change(one.access_token, PASSWORD);
      const known = (id: unknown) =>
        service.sql('SELECT login_address, countries, clients, device_id FROM sessions WHERE id = $1', [id]);
      expect(await known(body.session_id)).toEqual(await known(one.session_id));
    });

    it('has no effect if the session was revoked while the passwords were hashed', async () => {
      const { email, session_id, access_token } = await service.api.newcomer();
      let changing: ReturnType<typeof change> | undefined;
      await service.app.get(DataSource).transaction(async (manager) => {
        await manager.query('SELECT id FROM users WHERE email = $1 FOR NO KEY UPDATE', [email]);
        changing = change(access_token, PASSWORD);
        await untilBlocking(manager, 'the change');
        await manager.query(
          `UPDATE sessions SET status = 'revoked', ended_reason = 'terminated' WHERE id = $1`,
          [session_id],
        );
      });
      expect(await changing).toMatchObject({ status: 401, body: { code: 'session_revoked' } });
      expect((await service.api.login(email)).status).toBe(200);
      expect(
        await service.sql(
          'SELECT id FROM sessions WHERE device_id = (SELECT device_id FROM sessions WHERE id = $1)',
          [session_id],
        ),
      ).toEqual([{ id: session_id }]);
    });

    it('requires the current password and limits wrong attempts', async () => {
      const { access_token } = await service.api.newcomer();
      for (let guess = 0; guess < 5; guess++) {
        expect(await change(access_token, 'not this one')).toMatchObject({
          status: 403,
          body: { code: 'wrong_password' },
        });
      }
      expect(await change(access_token, PASSWORD)).toMatchObject({
        status: 429,
        body: { code: 'too_many_requests' },
      });
      expect((await service.api.me(access_token)).status).toBe(200);
    });

    it('has no effect if the new password is rejected or the caller is not logged in', async () => {
      const { email, access_token } = await service.api.newcomer();
      expect(await change(access_token, PASSWORD, 'password123')).toMatchObject({
        status: 400,
        body: { code: 'password_rejected' },
      });
      expect((await change('', PASSWORD)).status).toBe(401);
      expect((await service.api.login(email)).status).toBe(200);
    });

    it('invalidates reset links that were mailed before', async () => {
      const { email, access_token } = await service.api.newcomer();
      const token = await resetToken(email);
      expect((await change(access_token, PASSWORD)).status).toBe(200);
      expect(await reset(token)).toMatchObject(invalidLink);
    });
  });

  describe('email confirmation', () => {
    it('accepts a mailed link, also again', async () => {
      const email = newEmail();
      expect((await service.api.register(email)).body).toMatchObject({ email_verified: false });
      const tokens = await service.api.session(email);
      const verified = async () =>
        ((await service.api.me(tokens.access_token)).body as { user: { email_verified: boolean } }).user
          .email_verified;
      expect(await verified()).toBe(false);
      const { token } = await mailbox.waitFor(email, CONFIRM);
      expect(await post('/auth/email/confirm', { token }, { token: tokens.access_token })).toMatchObject({
        status: 204,
        text: '',
      });
      expect(await verified()).toBe(true);
      expect(await kindsOf(tokens)).toEqual(['email_confirmed']);
      const again = Array.from({ length: 3 }, () => post('/auth/email/confirm', { token }));
      for (const { status } of await Promise.all(again)) expect(status).toBe(204);
      expect(await kindsOf(tokens)).toEqual(['email_confirmed']);
    });

    it('confirms once when a link is used several times at the same moment', async () => {
      const tokens = await service.api.newcomer();
      const { token } = await mailbox.waitFor(tokens.email, CONFIRM);
      const clicks = Array.from({ length: 5 }, () =>
        post('/auth/email/confirm', { token }, { token: tokens.access_token }),
      );
      for (const { status } of await Promise.all(clicks)) expect(status).toBe(204);
      expect(await kindsOf(tokens)).toEqual(['email_confirmed']);
    });

    it('sends the mail again a limited number of times, and not after the confirmation', async () => {
      const { email, access_token: token } = await service.api.newcomer();
      const resend = () => service.api.call('POST', '/auth/email/resend', { token });
      for (let asked = 0; asked < 3; asked++) {
        await mailbox.waitFor(email, CONFIRM, asked + 1);
        await waitUntil('the mail is removed', async () => {
          return (await service.sql(`SELECT FROM mail_outbox WHERE is_requested`)).length === 0;
        });
        expect((await resend()).status).toBe(202);
      }
      expect(await resend()).toMatchObject({ status: 429, body: { code: 'too_many_requests' } });
      const mail = await mailbox.waitFor(email, CONFIRM, 4);
      expect((await post('/auth/email/confirm', { token: mail.token, password: PASSWORD })).status).toBe(204);
      expect((await resend()).status).toBe(202);
      await sleep(2_500);
      expect(mailbox.to(email)).toHaveLength(4);
    });
  });

  describe('"This wasn\'t me"', () => {
    const isForgotten = async (email: string, thief: Tokens, password: string) => {
      const again = await service.api.session(email, { password, device_token: thief.device_token });
      expect(again.device_id).not.toBe(thief.device_id);
    };

    it('signs out and forgets the device, and leads to a new password', async () => {
      const owner = await confirmedNewcomer();
      const thief = await service.api.session(owner.email, { device_name: 'Phone' });
      const { token, text } = await mailbox.waitFor(owner.email, SIGN_IN);
      expect(text).toContain('“Phone”');
      expect(text).toContain(`${ORIGIN}/account/disown#token=${token}`);
      const { status, body, headers } = await post('/auth/disown', { token });
      expect({ status, body }).toEqual({
        status: 200,
        body: { reset_token: expect.any(String), expires_in: 1800 },
      });
      expect(headers.get('cache-control')).toBe('no-store');
      await isRefused(thief, 'disowned');
      expect((await service.api.me(owner.access_token)).status).toBe(200);
      expect(await kindsOf(owner)).toEqual(['disowned', 'new_device_sign_in']);
      expect(await post('/auth/disown', { token })).toMatchObject(invalidLink);
      expect((await reset(body.reset_token as string)).status).toBe(204);
      await isRefused(owner, 'password_reset');
      await isForgotten(owner.email, thief, NEW_PASSWORD);
    });

    it('makes the password unusable until a new one is set', async () => {
      const owner = await confirmedNewcomer();
      await service.api.session(owner.email);
      const { token } = await mailbox.waitFor(owner.email, SIGN_IN);
      const wrong = await service.api.login(owner.email, { password: 'not the right horse' });
      expect((await post('/auth/disown', { token })).status).toBe(200);
      const old = await service.api.login(owner.email);
      expect(old).toMatchObject({ status: 401, body: { code: 'invalid_credentials' } });
      expect(old.text).toBe(wrong.text);
      expect((await change(owner.access_token, PASSWORD)).body).toMatchObject({ code: 'wrong_password' });
      expect((await reset(await resetToken(owner.email))).status).toBe(204);
      expect((await service.api.login(owner.email)).status).toBe(401);
      expect((await service.api.login(owner.email, { password: NEW_PASSWORD })).status).toBe(200);
    });

    it.each([
      [BROWSERS.chromeOnWindows, 'Chrome 140 on Windows'],
      ['MyBank/3.2 CFNetwork/1496.0.7 Darwin/23.5.0', 'MyBank 3'],
      ['curl/8.5.0', 'curl 8'],
    ])('names the client %s, whatever name it has chosen for its device', async (userAgent, client) => {
      const owner = await confirmedNewcomer();
      const thief = await service.api.call('POST', '/auth/login', {
        body: { email: owner.email, password: PASSWORD, device_name: 'Security update' },
        headers: { 'user-agent': userAgent },
      });
      expect(thief.status).toBe(200);
      const { text, html } = await mailbox.waitFor(owner.email, SIGN_IN);
      expect(text).toContain('“Security update”');
      for (const part of [text, html]) expect(part).toContain(client);
      const events = await service.sql(
        'SELECT detail FROM security_events WHERE kind = $1 AND user_id = (SELECT id FROM users WHERE email = $2)',
        ['new_device_sign_in', owner.email],
      );
      expect(events).toEqual([{ detail: expect.objectContaining({ device: 'Security update', client }) }]);
    });

    it.each([
      ['sign_in_after_failures', 'Your password may have been guessed', true],
      ['impossible_travel', 'Unusual activity in your account', true],
      ['refresh_token_reused', 'You were signed out on a device', false],
      ['session_ended_suspicious', 'You were signed out on a device', false],
    ] as const)('is offered in the mail for %s ("%s"): %s', async (kind, subject, isOffered) => {
      const owner = await confirmedNewcomer();
      const thief = await service.api.session(owner.email, { device_name: 'Phone' });
      const [user] = await service.sql('SELECT id FROM users WHERE email = $1', [owner.email]);
      const client = { address: '192.0.2.7', userAgent: null };
      const event = { kind, userId: String(user?.id), sessionId: thief.session_id, client };
      const events = service.app.get(SecurityEvents, { strict: false });
      await events.record(service.app.get(DataSource).manager, event);
      const { token, text } = await mailbox.waitFor(owner.email, subject);
      expect(text).toContain('192.0.2.7');
      expect(text.includes('/account/disown#token=')).toBe(isOffered);
      if (!isOffered) return;
      expect((await post('/auth/disown', { token })).status).toBe(200);
      await isRefused(thief, 'disowned');
    });

    it('works for seven days, even after the session has ended', async () => {
      const owner = await confirmedNewcomer();
      const thief = await service.api.session(owner.email);
      await service.api.logout(thief.access_token);
      const { token } = await mailbox.waitFor(owner.email, SIGN_IN);
      const [row] = await service.sql(
        `SELECT extract(epoch FROM expires_at - created_at)::int AS seconds FROM account_links
         WHERE session_id = $1`,
        [thief.session_id],
      );
      expect(row).toEqual({ seconds: 7 * 86_400 });
      const { status, body } = await post('/auth/disown', { token });
      expect(status).toBe(200);
      expect((await reset(body.reset_token as string)).status).toBe(204);
      await isForgotten(owner.email, thief, NEW_PASSWORD);
    });
  });
});

describe('requests for a password reset', () => {
  it('are limited by network, for known and unknown addresses alike', async () => {
    const service = await startApp({ LOGIN_ATTEMPTS_PER_ADDRESS: '3' });
    try {
      const { email } = await service.api.newcomer();
      const forgot = (address: string) =>
        service.api.call('POST', '/auth/password/forgot', { body: { email: address } });
      for (const address of [email, newEmail(), newEmail()]) expect((await forgot(address)).status).toBe(202);
      const [known, unknown] = [await forgot(email), await forgot(newEmail())];
      expect(known).toMatchObject({ status: 429, body: { code: 'too_many_requests' } });
      expect(unknown.text).toBe(known.text);
    } finally {
      await service.close();
    }
  });
});
