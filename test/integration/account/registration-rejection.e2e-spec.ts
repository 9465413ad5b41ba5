import { RejectedRegistrationSweeper } from '../../../src/account/rejected-registration-sweeper.js';
import { newEmail, PASSWORD } from '../../support/api.js';
import { type RunningApp, startApp } from '../../support/app.js';
import { HttpBrowser } from '../../support/http-browser.js';
import { Mailbox } from '../../support/mailbox.js';

const CONFIRM = 'Confirm your email address';

describe('the mail to an address that was registered', () => {
  let mailbox: Mailbox;
  let service: RunningApp;

  beforeAll(async () => {
    mailbox = await Mailbox.open();
    service = await startApp({ SMTP_URL: mailbox.url, LOGIN_ATTEMPTS_PER_ACCOUNT: '3' });
  });

  afterAll(async () => {
    await service?.close();
    await mailbox?.close();
  });

  const post = (path: string, body: unknown, token?: string) =>
    service.api.call('POST', path, { body, ...(token === undefined ? {} : { token }) });
  const confirm = (token: string, extra: { password?: string | null } = {}, bearer?: string) =>
    post('/auth/email/confirm', { token, ...extra }, bearer);
  const reject = (token: string) => post('/auth/email/reject', { token });
  const registered = async () => {
    const tokens = await service.api.newcomer();
    return { ...tokens, link: (await mailbox.waitFor(tokens.email, CONFIRM)).token };
  };
  const isVerified = async (email: string) => {
    const [row] = await service.sql('SELECT email_confirmed_at FROM users WHERE email = $1', [email]);
    return row?.email_confirmed_at !== null;
  };
  const invalidLink = { status: 400, body: { code: 'invalid_link' } };

  describe('confirms it', () => {
    it('with a session of the account', async () => {
      const { link, email, access_token } = await registered();
      expect((await confirm(link, {}, access_token)).status).toBe(204);
      expect(await isVerified(email)).toBe(true);
    });

    it('with the session cookie of a browser', async () => {
      const browser = new HttpBrowser(service.url, 'http://localhost:3000');
      const { email } = await browser.registerAndLogin();
      const { token } = await mailbox.waitFor(email, CONFIRM);
      expect((await browser.call('POST', '/auth/email/confirm', { token })).status).toBe(204);
    });

    it('with the password of the account', async () => {
      const { link, email } = await registered();
      expect((await confirm(link, { password: PASSWORD })).status).toBe(204);
      expect(await isVerified(email)).toBe(true);
    });

    it('neither without a proof nor with the session of another account, and the link stays valid', async () => {
      const { link, email } = await registered();
      const other = await service.api.newcomer();
      for (const bearer of [undefined, other.access_token]) {
        for (const extra of [{}, { password: null }]) {
          expect(await confirm(link, extra, bearer)).toMatchObject({
            status: 403,
            body: { code: 'password_required' },
          });
        }
      }
      expect(await isVerified(email)).toBe(false);
      expect((await confirm(link, { password: PASSWORD }, other.access_token)).status).toBe(204);
    });

    it('not with a session that has ended', async () => {
      const { link, email, access_token } = await registered();
      await service.api.logout(access_token);
      expect(await confirm(link, {}, access_token)).toMatchObject({
        status: 401,
        body: { code: 'session_revoked' },
      });
      expect(await isVerified(email)).toBe(false);
    });

    it('not with a wrong password, and limits the guesses', async () => {
      const { link, email } = await registered();
      const wrong = { password: 'not this one' };
      for (let guess = 0; guess < 3; guess++) {
        expect(await confirm(link, wrong)).toMatchObject({ status: 403, body: { code: 'wrong_password' } });
      }
      expect((await confirm(link, { password: PASSWORD })).status).toBe(429);
      expect(await isVerified(email)).toBe(false);
    });
  });

  describe('"I didn\'t register"', () => {
    it('is offered in the mail, with its own link', async () => {
      const { email, link } = await registered();
      const { text, html } = await mailbox.waitFor(email, CONFIRM);
      const url = `http://localhost:3000/account/reject-registration#token=${link}`;
      expect(text).toContain(`I didn't register:\n${url}`);
      expect(html).toContain(`href="${url}"`);
    });

    it('ends every session of the account and frees the address', async () => {
      const { link, email, access_token, refresh_token } = await registered();
      const other = await service.api.session(email);
      expect(await reject(link)).toMatchObject({ status: 204, text: '' });
      for (const token of [access_token, other.access_token]) {
        expect(await service.api.me(token)).toMatchObject({
          status: 401,
          body: { code: 'session_revoked', reason: 'disowned' },
        });
      }
      expect((await service.api.refresh(refresh_token)).status).toBe(401);
      const unknown = await service.api.login(newEmail());
      expect(await service.api.login(email)).toMatchObject({ status: 401, body: unknown.body });
      expect(await reject(link)).toMatchObject(invalidLink);
      expect(await confirm(link, { password: PASSWORD })).toMatchObject(invalidLink);

      expect((await service.api.register(email)).status).toBe(201);
      const again = await service.api.session(email);
      expect((await service.api.me(again.access_token)).status).toBe(200);
    });

    it('is refused once the address is confirmed, also by a password reset', async () => {
      const { link, email, access_token } = await registered();
      await post('/auth/password/forgot', { email });
      const { token } = await mailbox.waitFor(email, 'Reset your password');
      expect((await post('/auth/password/reset', { token, new_password: PASSWORD })).status).toBe(204);
      expect(await reject(link)).toMatchObject(invalidLink);
      expect((await service.api.login(email)).status).toBe(200);
      expect((await service.api.me(access_token)).status).toBe(401);
    });

    it('has no effect when the link is merely followed, as mail scanners do', async () => {
      const { link, email, access_token } = await registered();
      for (const method of ['GET', 'HEAD']) {
        for (const path of ['/auth/email/reject', '/account/reject-registration']) {
          await service.api.call(method, `${path}?token=${link}`);
        }
      }
      expect((await service.api.me(access_token)).status).toBe(200);
      expect(await isVerified(email)).toBe(false);
    });

    it('deletes the rows of the account when its ended sessions are deleted', async () => {
      const { link, email } = await registered();
      const [user] = await service.sql('SELECT id FROM users WHERE email = $1', [email]);
      expect((await reject(link)).status).toBe(204);
      const sweeper = service.app.get(RejectedRegistrationSweeper);
      const count = async () => (await service.sql('SELECT FROM users WHERE id = $1', [user?.id])).length;
      await service.sql(`UPDATE rejected_registrations SET rejected_at = now() - interval '91 days'`);
      await sweeper.sweep();
      expect(await count()).toBe(1);
      // The rows of sessions are protected until they are old enough.
      await service.sql('ALTER TABLE sessions DISABLE TRIGGER USER');
      await service.sql('DELETE FROM sessions WHERE user_id = $1', [user?.id]);
      await service.sql('ALTER TABLE sessions ENABLE TRIGGER USER');
      await sweeper.sweep();
      expect(await count()).toBe(0);
    });
  });
});
