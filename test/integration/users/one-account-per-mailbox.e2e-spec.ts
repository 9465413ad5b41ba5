import { newEmail, PASSWORD } from '../../support/api.js';
import { type RunningApp, startApp } from '../../support/app.js';
import { Mailbox } from '../../support/mailbox.js';

describe('a mailbox', () => {
  let mailbox: Mailbox;
  let service: RunningApp;

  beforeAll(async () => {
    mailbox = await Mailbox.open();
    service = await startApp({ LOGIN_ATTEMPTS_PER_ADDRESS: '1000', SMTP_URL: mailbox.url });
  });
  afterAll(async () => {
    await service?.close();
    await mailbox?.close();
  });

  it.each([
    ['ada@bücher.example', 'ada@xn--bcher-kva.example', 'ada@bücher.example'],
    ['bob@xn--bcher-kva.example', 'bob@BÜCHER.example', 'bob@bücher.example'],
    ['cyd@BÜCHER.example', 'cyd@XN--BCHER-KVA.EXAMPLE', 'cyd@bücher.example'],
    ['dan@例え.テスト', 'dan@例え。テスト', 'dan@例え.テスト'],
    ['"eve"@example.org', 'eve@example.org', 'eve@example.org'],
    [' fay@example.org', 'fay@example.org\u00a0', 'fay@example.org'],
  ])('of %s is the one of %s, and is shown as %s', async (one, two, shown) => {
    const registered = await service.api.register(one);
    expect(registered).toMatchObject({ status: 201, body: { email: shown } });
    expect(await service.api.register(two)).toMatchObject({ status: 409, body: { code: 'email_taken' } });
    for (const address of [one, two]) {
      const { access_token } = await service.api.session(address);
      expect((await service.api.me(access_token)).body).toMatchObject({ user: { email: shown } });
    }
    expect((await service.api.call('POST', '/auth/password/forgot', { body: { email: two } })).status).toBe(
      202,
    );
  });

  it('is shown in Unicode by mails and by what their links open', async () => {
    const name = newEmail().split('@')[0];
    const shown = `${name}@bücher.example`;
    const post = (path: string, body: object) => service.api.call('POST', path, { body });
    await service.api.register(shown);
    const { text, html, token } = await mailbox.waitFor(shown, 'Confirm your email address');
    for (const part of [text, html]) {
      expect(part).toContain(shown);
      expect(part).not.toContain('xn--');
    }
    expect(await post('/auth/email/confirm', { token })).toMatchObject({
      body: { code: 'password_required', email: shown },
    });
    await post('/auth/password/forgot', { email: shown });
    const reset = await mailbox.waitFor(shown, 'Reset your password');
    expect((await post('/auth/password/reset/account', { token: reset.token })).body).toEqual({
      email: shown,
    });
  });

  it('is counted once for wrong passwords, however its address is written', async () => {
    const name = newEmail().split('@')[0];
    const spellings = [`${name}@bücher.example`, `${name}@xn--bcher-kva.example`, ` ${name}@BÜCHER.example `];
    const statuses = [];
    for (let guess = 0; guess < 30; guess++) {
      const { status } = await service.api.login(spellings[guess % 3] ?? '', { password: 'a wrong one' });
      statuses.push(status);
      if (status === 429) break;
    }
    expect(statuses.at(-1)).toBe(429);
    for (const email of spellings) expect((await service.api.login(email)).status).toBe(429);
  });

  it('leads each of its accounts to its own spelling, if they were registered before this rule', async () => {
    const name = newEmail().split('@')[0];
    const [first, second] = [`${name}@xn--bcher-kva.example`, `${name}@bücher.example`];
    const other = await service.api.newcomer();
    await service.api.register(first);
    await service.sql('UPDATE users SET email = $1 WHERE email = $2', [second, other.email]);
    const idOf = async (email: string) =>
      (
        (await service.api.me((await service.api.session(email)).access_token)).body as {
          user: { id: string };
        }
      ).user.id;
    expect(await idOf(second)).not.toBe(await idOf(first));
    for (const email of [first, second]) {
      expect((await service.api.register(email)).status).toBe(409);
      expect((await service.api.login(email, { password: PASSWORD })).status).toBe(200);
    }
  });

  it.each(['ada@', 'ada@ü', 'ada@bücher.example/x', 'ada@bücher..example', 'a da@bücher.example'])(
    'has no address %j',
    async (email) => {
      expect(await service.api.register(email)).toMatchObject({
        status: 400,
        body: { errors: [{ field: 'email', message: 'must be an email address' }] },
      });
    },
  );
});
