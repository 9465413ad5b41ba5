import { Validator } from '@seriousme/openapi-schema-validator';
import { newEmail, type Tokens } from '../../support/api.js';
import { type RunningApp, startApp } from '../../support/app.js';
import { checkRequest } from '../../support/check-request.js';
import { ADDRESSES } from '../../support/clients.js';
import { documentedAnswers, requireDocumented, seenAnswers } from '../../support/documented-answer.js';
import { HttpBrowser } from '../../support/http-browser.js';
import { Mailbox } from '../../support/mailbox.js';

const ORIGIN = 'https://id.example.com';
const UNKNOWN_ID = '018f0000-0000-7000-8000-000000000000';
const NEW_PASSWORD = 'a lonely wizard hums';

/** They need an instance that cannot be reached, or a stopped Postgres. */
const NEEDS_FAULTS = /^(?:POST|DELETE) .* 202$|^GET \/health\/ready 503$/;
/** Malformed ids are unknown ones. The stream is not read here. */
const NEVER = ['DELETE /devices/{id} 400', 'DELETE /sessions/{id} 400', 'GET /account/events 200'];

describe('the OpenAPI document', () => {
  let service: RunningApp;
  let mailbox: Mailbox;

  beforeAll(async () => {
    mailbox = await Mailbox.open();
    service = await startApp({
      SMTP_URL: mailbox.url,
      LATCHKEY_ISSUER: ORIGIN,
      TRUST_PROXY: 'true',
      LOGIN_ATTEMPTS_PER_ADDRESS: '1000',
    });
  });
  afterAll(async () => {
    await service?.close();
    await mailbox?.close();
  });

  const get = (path: string, { access_token: token }: Tokens, address = '127.0.0.1') =>
    service.api.call('GET', path, { token, headers: { 'x-forwarded-for': address } });
  const post = (path: string, body?: unknown, token?: string) =>
    service.api.call('POST', path, { body, ...(token && { token }) });

  it('is valid', async () => {
    const file = new URL('../../../openapi.json', import.meta.url).pathname;
    expect(await new Validator().validate(file)).toEqual({ valid: true });
  });

  // Answers are compared with the document as they arrive (`documented-answer.ts`).
  describe('describes the answers', () => {
    it.each(['127.0.0.1', ...Object.values(ADDRESSES), '2001:db8::1'])(
      'of lists to a client at %s',
      async (address) => {
        const mine = await service.api.newcomer();
        expect((await get('/sessions?status=ended', mine, address)).body).toEqual({ sessions: [] });
        const other = await service.api.session(mine.email, { device_name: 'Phone' });
        for (const path of ['/auth/me', '/devices', '/sessions', '/security-events'])
          expect((await get(path, mine, address)).status).toBe(200);
        await service.api.end(mine.access_token, `/devices/${other.device_id}`);
        expect((await get('/sessions?status=ended', mine, address)).status).toBe(200);
        const name = { body: { name: 'Mine' }, token: mine.access_token };
        expect((await service.api.call('PATCH', `/devices/${mine.device_id}`, name)).status).toBe(200);
      },
    );

    it('of tokens, in the body and in cookies', async () => {
      const mine = await service.api.newcomer();
      expect((await service.api.refresh(mine.refresh_token)).status).toBe(200);
      expect((await service.api.login(mine.email, { password: 'not it' })).status).toBe(401);
      const chrome = new HttpBrowser(service.url, ORIGIN);
      await chrome.registerAndLogin();
      expect((await chrome.refresh()).status).toBe(200);
      expect((await chrome.call('POST', '/auth/logout')).status).toBe(204);
      expect((await chrome.refresh()).status).toBe(401);
      expect((await service.api.logout(mine.access_token)).status).toBe(204);
    });

    it('of users with an internationalised address', async () => {
      const email = 'jörg@bücher.example';
      expect((await service.api.register(email)).body).toMatchObject({ email });
      const mine = await service.api.session(email);
      expect((await get('/auth/me', mine)).body).toMatchObject({ user: { email } });
    });

    it('of links in mails', async () => {
      const mine = await service.api.newcomer();
      const linked = async (subject: RegExp) => (await mailbox.waitFor(mine.email, subject)).token;
      expect((await post('/auth/email/resend', undefined, mine.access_token)).status).toBe(202);
      expect(
        (await post('/auth/email/confirm', { token: await linked(/confirm/i) }, mine.access_token)).status,
      ).toBe(204);
      await service.api.session(mine.email);
      const { status, body } = await post('/auth/disown', { token: await linked(/sign-in|signed in/i) });
      expect(status).toBe(200);
      const reset = { token: body.reset_token, new_password: NEW_PASSWORD };
      const account = await post('/auth/password/reset/account', { token: body.reset_token });
      expect(account).toMatchObject({ status: 200, body: { email: mine.email } });
      expect((await post('/auth/password/reset', reset)).status).toBe(204);
      expect((await post('/auth/password/reset', reset)).status).toBe(400);
      const back = await service.api.session(mine.email, { password: NEW_PASSWORD });
      const change = { current_password: NEW_PASSWORD, new_password: 'another lonely wizard' };
      const changed = await post('/auth/password/change', change, back.access_token);
      expect(changed.status).toBe(200);
      const again = await post('/auth/password/change', change, String(changed.body.access_token));
      expect(again.status).toBe(403);
      expect((await post('/auth/password/forgot', { email: mine.email })).status).toBe(202);
      const unknown = await service.api.newcomer();
      const { token } = await mailbox.waitFor(unknown.email, /confirm/i);
      expect((await post('/auth/email/reject', { token })).status).toBe(204);
    });

    it('of what is public, and of revocations', async () => {
      for (const path of ['/.well-known/jwks.json', '/health/live', '/health/ready'])
        expect((await service.api.call('GET', path)).status).toBe(200);
      const mine = await service.api.newcomer();
      const other = await service.api.session(mine.email);
      expect((await service.api.end(mine.access_token, `/sessions/${other.session_id}`)).status).toBe(204);
      const some = await post('/devices/terminate', { device_ids: [other.device_id] }, mine.access_token);
      expect(some.status).toBe(204);
      expect((await service.api.end(mine.access_token, '/devices')).status).toBe(204);
      expect((await service.api.register(newEmail(), 'password')).status).toBe(400);
    });

    it('of a chosen language, and of answers about sign-ins from new devices', async () => {
      const { email, access_token: token } = await service.api.newcomer();
      expect((await service.api.call('PATCH', '/auth/me', { token, body: { language: 'de' } })).status).toBe(
        204,
      );
      for (const answer of ['confirm', 'reject']) {
        await service.api.session(email);
        const { body } = await service.api.call<{ events: { id: string }[] }>(
          'GET',
          '/security-events/unanswered',
          { token },
        );
        const path = `/security-events/${body.events[0]?.id}/${answer}`;
        expect((await post(path, undefined, token)).status).toBe(204);
      }
    });

    it('of the check of a gateway', async () => {
      const { access_token: token } = await service.api.newcomer();
      expect((await checkRequest(service.url, '', { token })).status).toBe(200);
      const headers = { 'sec-fetch-mode': 'navigate' };
      expect((await checkRequest(service.url, 'sign_in=1', { headers })).status).toBe(302);
    });

    it('of every route without a token, with a bad query, a bad body or an unknown id', async () => {
      const operations = new Set(documentedAnswers().map((answer) => answer.replace(/ \d+$/, '')));
      for (const operation of operations) {
        const [method = '', template = ''] = operation.split(' ');
        const path = template.replace('{id}', UNKNOWN_ID);
        await service.api.call(method, path);
        if (operation === 'GET /account/events') continue;
        // A new session for each, because some of them end it.
        const { access_token: token } = await service.api.newcomer();
        await service.api.call(method, `${path}?limit=-1&except=all`, { token });
        if (method === 'GET') continue;
        for (const body of [{ name: '' }, { name: 'x' }, []])
          await service.api.call(method, path, { token, body });
      }
    });

    it('and names no other answer than those above, except after faults', () => {
      const unseen = documentedAnswers().filter((answer) => !seenAnswers.has(answer));
      expect(unseen.filter((answer) => !NEEDS_FAULTS.test(answer) && !NEVER.includes(answer))).toEqual([]);
    });
  });

  it.each([
    ['a status', 'GET', '/devices', { status: 204, contentType: null, text: '' }],
    ['a content type', 'GET', '/devices', { status: 200, contentType: 'text/html', text: '{"devices":[]}' }],
    ['a body', 'GET', '/devices?limit=1', { status: 200, contentType: 'application/json', text: '{}' }],
    ['a body where there is none', 'DELETE', '/devices', { status: 204, contentType: null, text: '{}' }],
    [
      'a null',
      'GET',
      '/health/live',
      { status: 200, contentType: 'application/json', text: '{"status":null}' },
    ],
    [
      'an accepted request',
      'POST',
      '/auth/logout',
      { status: 204, contentType: null, text: '', sent: '{"refresh_token":1}' },
    ],
    ['an error', 'GET', '/devices', { status: 500, contentType: 'application/problem+json', text: '{}' }],
  ])('excludes %s that it does not name', (_, method, path, answer) => {
    expect(() => requireDocumented(method, path, answer)).toThrow(/documented/);
  });
});
