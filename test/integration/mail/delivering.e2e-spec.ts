import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { newEmail } from '../../support/api.js';
import { type RunningApp, startApp } from '../../support/app.js';
import { confirmAddress } from '../../support/confirm-address.js';
import { freePort } from '../../support/free-port.js';
import { Mailbox } from '../../support/mailbox.js';
import { waitUntil } from '../../support/wait-until.js';

const CONFIRM = 'Confirm your email address';

describe('a mail', () => {
  let mailbox: Mailbox | undefined;
  let service: RunningApp;

  const start = async (url: string, env: Record<string, string> = {}) => {
    service = await startApp({ SMTP_URL: url, LATCHKEY_ISSUER: 'https://id.example.com', ...env });
  };
  const outbox = () => service.sql('SELECT * FROM mail_outbox');
  /** Makes every mail in the outbox due for its next attempt, as if time had passed. */
  const makeDue = () => service.sql('UPDATE mail_outbox SET next_attempt_at = now()');

  afterEach(async () => {
    jest.restoreAllMocks();
    await service?.close();
    await mailbox?.close();
    mailbox = undefined;
  });

  it('is delivered once, with a unique Message-ID, and removed from the outbox', async () => {
    mailbox = await Mailbox.open();
    await start(mailbox.url, { MAIL_FROM: 'Example <hello@id.example.com>' });
    const email = newEmail();
    await service.api.register(email);
    const { parsed, envelope } = await mailbox.waitFor(email, CONFIRM);
    expect(envelope).toEqual([email]);
    expect(parsed.messageId).toMatch(/^<[0-9a-f-]{36}@id\.example\.com>$/);
    expect(parsed.from?.value).toEqual([{ name: 'Example', address: 'hello@id.example.com' }]);
    expect(parsed.headers.get('auto-submitted')).toBe('auto-generated');
    await waitUntil('the outbox is empty', async () => (await outbox()).length === 0);
    await sleep(2_500);
    expect(mailbox.mails).toHaveLength(1);
  });

  it('is retried while the mail server is down, without delaying the request', async () => {
    const port = await freePort();
    await start(`smtp://127.0.0.1:${port}`);
    const email = newEmail();
    expect((await service.api.register(email)).status).toBe(201);
    await waitUntil('a failed attempt', async () => (await outbox())[0]?.last_error);
    expect((await outbox())[0]).toMatchObject({ attempts: 1, failed_at: null });
    mailbox = await Mailbox.open({ port });
    await mailbox.waitFor(email, CONFIRM);
    await waitUntil('the outbox is empty', async () => (await outbox()).length === 0);
    expect(mailbox.mails).toHaveLength(1);
  });

  it('waits for a mail server that accepts connections but never responds, without delaying requests', async () => {
    const sockets: Socket[] = [];
    const hanging = createServer((socket) => sockets.push(socket));
    await new Promise<void>((resolve) => hanging.listen(0, '127.0.0.1', resolve));
    const { port } = hanging.address() as { port: number };
    await start(`smtp://127.0.0.1:${port}`);
    const email = newEmail();
    await service.api.register(email);
    await waitUntil('the service connects', () => sockets.length > 0);
    const startedAt = performance.now();
    for (let made = 0; made < 5; made++) {
      expect((await service.api.register(newEmail())).status).toBe(201);
      expect((await service.api.login(email)).status).toBe(200);
    }
    expect(performance.now() - startedAt).toBeLessThan(9_000);
    const stoppedAt = performance.now();
    await service.close();
    expect(performance.now() - stoppedAt).toBeLessThan(9_000);
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => hanging.close(resolve));
    service = undefined as unknown as RunningApp;
  });

  it('is abandoned at once if the mailbox does not exist, without delaying other mails', async () => {
    mailbox = await Mailbox.open({
      onRcptTo: ({ address }, _session, done) =>
        address.startsWith('nobody')
          ? done(Object.assign(new Error('no such user here'), { responseCode: 550 }))
          : done(),
    });
    await start(mailbox.url);
    const email = newEmail();
    await service.api.register('nobody@example.org');
    await service.api.register(email);
    await mailbox.waitFor(email, CONFIRM);
    await waitUntil('the mail is abandoned', async () => (await outbox())[0]?.failed_at);
    expect(await outbox()).toMatchObject([{ attempts: 1, facts: {}, last_error: expect.any(String) }]);
    await makeDue();
    await sleep(2_500);
    expect(await outbox()).toMatchObject([{ attempts: 1 }]);
  });

  it.each([
    ['554 Relay access denied', { responseCode: 554, message: 'Relay access denied' }],
    ['550 5.7.1', { responseCode: 550, message: '5.7.1 Not authorized' }],
  ])('is kept and retried if the mail server refuses this service (%s)', async (_title, reply) => {
    let isConfigured = false;
    mailbox = await Mailbox.open({
      onRcptTo: (_address, _session, done) => done(isConfigured ? null : Object.assign(new Error(), reply)),
    });
    const logged = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => {});
    await start(mailbox.url);
    const email = newEmail();
    await service.api.register(email);
    const { last_error, failed_at } = await waitUntil('a failed attempt', async () =>
      (await outbox()).find((mail) => mail.last_error),
    );
    expect(failed_at).toBeNull();
    expect(last_error).toContain(`refuses mail from this service: ${reply.responseCode} ${reply.message}`);
    expect(logged).toHaveBeenCalledWith(expect.stringMatching(/was not sent.*check SMTP_URL and MAIL_FROM$/));

    isConfigured = true;
    await makeDue();
    await mailbox.waitFor(email, CONFIRM);
  });

  it('is retried if the mail server is busy', async () => {
    let refusals = 0;
    mailbox = await Mailbox.open({
      onRcptTo: (_address, _session, done) =>
        refusals++ < 2 ? done(Object.assign(new Error('try later'), { responseCode: 451 })) : done(),
    });
    await start(mailbox.url);
    const email = newEmail();
    await service.api.register(email);
    await mailbox.waitFor(email, CONFIRM);
    expect(refusals).toBe(3);
    expect(mailbox.mails).toHaveLength(1);
  });

  it('is abandoned if it could not be delivered before it expires', async () => {
    await start(`smtp://127.0.0.1:${await freePort()}`);
    await service.api.register(newEmail());
    await waitUntil('a failed attempt', async () => (await outbox())[0]?.last_error);
    await service.sql(
      `UPDATE mail_outbox SET expires_at = now() + interval '1 second', next_attempt_at = now()`,
    );
    await waitUntil('the mail is abandoned', async () => (await outbox())[0]?.failed_at);
  });

  it('is sent again with the same Message-ID if the instance died before recording the delivery', async () => {
    mailbox = await Mailbox.open();
    await start(mailbox.url);
    const email = newEmail();
    await service.api.register(email);
    const first = await mailbox.waitFor(email, CONFIRM);
    await waitUntil('the outbox is empty', async () => (await outbox()).length === 0);
    const id = first.parsed.messageId?.slice(1, 37);
    await service.sql(
      `INSERT INTO mail_outbox (id, kind, user_id, expires_at, attempts)
       SELECT $1, 'email_to_confirm', id, now() + interval '1 day', 1 FROM users WHERE email = $2`,
      [id, email],
    );
    const second = await mailbox.waitFor(email, CONFIRM, 2);
    expect(second.parsed.messageId).toBe(first.parsed.messageId);
    expect(second.token).toBe(first.token);
  });

  it('is not sent for registrations that were rolled back', async () => {
    mailbox = await Mailbox.open();
    await start(mailbox.url);
    const email = newEmail();
    await Promise.all(Array.from({ length: 5 }, () => service.api.register(email)));
    await mailbox.waitFor(email, CONFIRM);
    await sleep(2_500);
    expect(mailbox.to(email)).toHaveLength(1);
  });

  it.each([
    ['a line break', 'Phone\r\nBcc: thief@evil.example'],
    ['markup', '<img src=x onerror=alert(1)>'],
    ['an address', 'visit https://evil.example/login'],
    ['a quote', `"><a href='https://evil.example'>`],
  ])('shows a device whose name has %s as text', async (_, device_name) => {
    mailbox = await Mailbox.open();
    await start(mailbox.url);
    const { email } = await service.api.newcomer();
    await confirmAddress(service, email);
    expect((await service.api.login(email, { device_name })).status).toBe(200);
    const { parsed, text, html, envelope } = await mailbox.waitFor(email, 'New sign-in to your account');
    expect(envelope).toEqual([email]);
    expect(parsed.bcc).toBeUndefined();
    expect(
      html.match(/<(?!\/?(html|head|meta|title|style|body|div|table|tr|td|h1|p|a|!doctype)\b)/g),
    ).toBeNull();
    expect(html.match(/href="[^"]*"/g)).toEqual([
      expect.stringMatching(/^href="https:\/\/id\.example\.com\/account\/disown#token=/),
    ]);
    expect(text).not.toMatch(/evil\.example|\/\/evil/);
  });

  it('goes to the registered address, however the request spells it', async () => {
    mailbox = await Mailbox.open();
    await start(mailbox.url);
    for (const email of [
      'a+b@example.org',
      "o'hara@example.org",
      '"x@evil.example,y"@example.org',
      'jürgen@example.org',
      'a,b@example.org',
      'name<a@evil.example>@example.org',
    ]) {
      expect([201, 400]).toContain((await service.api.register(email)).status);
    }
    await waitUntil('every mail is sent or abandoned', async () =>
      (await outbox()).every(({ failed_at }) => failed_at !== null),
    );
    expect(mailbox.to("o'hara@example.org")).toHaveLength(1);
    expect(mailbox.to('jürgen@example.org')).toHaveLength(1);
    expect(
      mailbox.mails.flatMap(({ envelope }) => envelope).filter((to) => to.endsWith('evil.example')),
    ).toEqual([]);
    expect(mailbox.mails.every(({ envelope }) => envelope.length === 1)).toBe(true);
  });
});

describe('without a mail server', () => {
  it('development writes each mail to a file', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'latchkey-mail-'));
    const service = await startApp({ LATCHKEY_DATA_DIR: dataDir });
    try {
      const email = newEmail();
      await service.api.register(email);
      const directory = join(dataDir, 'outbox');
      const files = () => (existsSync(directory) ? readdirSync(directory) : []);
      await waitUntil('a file', () => files().some((name) => name.endsWith('.txt')));
      const file = files().find((name) => name.endsWith('.txt')) ?? '';
      await waitUntil('the file is written', () =>
        readFileSync(join(directory, file), 'utf8').includes(
          'http://localhost:3000/account/confirm-email#token=lkm_',
        ),
      );
      expect(readFileSync(join(directory, file), 'utf8')).toContain(`To: ${email}\nSubject: ${CONFIRM}\n`);
    } finally {
      await service.close();
      rmSync(dataDir, { recursive: true, force: true });
    }
  });

  it('production starts, refuses a request for a mail, and stores none', async () => {
    const service = await startApp({
      NODE_ENV: 'production',
      DATABASE_URL: 'postgres://replaced',
      LATCHKEY_SECRET: 'a secret of the tests, 32 bytes or more',
      LATCHKEY_ISSUER: 'https://id.example.com',
    });
    try {
      const { email } = await service.api.newcomer();
      expect(await service.api.call('POST', '/auth/password/forgot', { body: { email } })).toMatchObject({
        status: 403,
        body: { code: 'mail_unavailable' },
      });
      expect(await service.sql('SELECT * FROM mail_outbox')).toEqual([]);
    } finally {
      await service.close();
    }
  });
});
