import { PASSWORD, type Tokens } from '../../support/api.js';
import { type RunningApp, startApp } from '../../support/app.js';
import { confirmAddress } from '../../support/confirm-address.js';
import { HttpBrowser } from '../../support/http-browser.js';
import { Mailbox } from '../../support/mailbox.js';
import { COMMAND, runProgram } from '../../support/run-program.js';
import { serviceEnv } from '../../support/service-env.js';

const NEW_PASSWORD = 'a lonely wizard hums';
const SIGN_IN = 'New sign-in to your account';
const GUESSES = 3;

describe('trust in devices', () => {
  let mailbox: Mailbox;
  let service: RunningApp;

  beforeAll(async () => {
    mailbox = await Mailbox.open();
    service = await startApp({ SMTP_URL: mailbox.url, LOGIN_ATTEMPTS_PER_ACCOUNT: String(GUESSES) });
  });

  afterAll(async () => {
    await service?.close();
    await mailbox?.close();
  });

  const post = (path: string, body: unknown, token?: string) =>
    service.api.call('POST', path, { body, ...(token === undefined ? {} : { token }) });
  const newcomer = async () => {
    const owner = await service.api.newcomer();
    // Notices go to confirmed addresses only.
    await confirmAddress(service, owner.email);
    return owner;
  };
  const signInMails = (email: string) =>
    mailbox.to(email).filter(({ parsed }) => parsed.subject === SIGN_IN).length;

  const reset = async (email: string) => {
    await post('/auth/password/forgot', { email });
    const { token } = await mailbox.waitFor(email, 'Reset your password');
    expect((await post('/auth/password/reset', { token, new_password: NEW_PASSWORD })).status).toBe(204);
  };
  const reuse = async ({ refresh_token }: Tokens) => {
    const { body } = await service.api.refresh(refresh_token);
    await service.api.refresh(body.refresh_token);
    expect((await service.api.refresh(refresh_token)).status).toBe(401);
  };
  const reject = async (email: string) => {
    const { token } = await mailbox.waitFor(email, SIGN_IN);
    const { body } = await post('/auth/disown', { token });
    await post('/auth/password/reset', { token: body.reset_token, new_password: NEW_PASSWORD });
  };
  const command = async (args: string[]) => {
    const env = serviceEnv(service.database.url);
    expect(await runProgram(COMMAND, ['user', ...args], env)).toMatchObject({ code: 0 });
  };
  const change = async ({ access_token }: Tokens) => {
    const body = { current_password: PASSWORD, new_password: NEW_PASSWORD };
    expect(await post('/auth/password/change', body, access_token)).toMatchObject({ status: 200 });
  };

  const expectNewDevice = async (email: string, former: Tokens, password: string) => {
    const before = signInMails(email);
    const back = await service.api.session(email, { password, device_token: former.device_token });
    expect(back.device_id).not.toBe(former.device_id);
    expect(back.device_token).not.toBe(former.device_token);
    await mailbox.waitFor(email, SIGN_IN, before + 1);
    // The new token identifies the device from now on.
    const again = await service.api.session(email, { password, device_token: back.device_token });
    expect(again.device_id).toBe(back.device_id);
  };

  it.each<[string, (owner: Tokens & { email: string }, other: Tokens) => Promise<void>, string]>([
    ['a password reset', ({ email }) => reset(email), NEW_PASSWORD],
    ['reuse of a refresh token', (owner) => reuse(owner), PASSWORD],
    ['reuse of a refresh token on another device', (_, other) => reuse(other), PASSWORD],
    ['the rejection of a sign-in', ({ email }) => reject(email), NEW_PASSWORD],
    ['the end of all sessions by an operator', ({ email }) => command(['end-sessions', email]), PASSWORD],
    [
      'disabling and enabling the user',
      async ({ email }) => {
        await command(['disable', email]);
        await command(['enable', email]);
      },
      PASSWORD,
    ],
    ['a password change on another device', (_, other) => change(other), NEW_PASSWORD],
  ])('ends with %s: the next login counts as one from a new device', async (_what, end, password) => {
    const owner = await newcomer();
    const other = await service.api.session(owner.email);
    await mailbox.waitFor(owner.email, SIGN_IN);
    await end(owner, other);
    await expectNewDevice(owner.email, owner, password);
  });

  it('remains on the device where the password was changed', async () => {
    const owner = await newcomer();
    await change(owner);
    const { device_token } = owner;
    const back = await service.api.session(owner.email, { password: NEW_PASSWORD, device_token });
    expect(back).toMatchObject({ device_id: owner.device_id, device_token });
  });

  it('ends with the guesses that a known device has beside those of the account', async () => {
    const owner = await newcomer();
    const { email, device_token } = owner;
    const guess = (extra = {}) => service.api.login(email, { password: 'not this one', ...extra });
    await reuse(owner);
    for (let count = 0; count < GUESSES; count++) expect((await guess()).status).toBe(401);
    expect((await guess({ device_token })).status).toBe(429);
  });

  it('ends with one row written, however many devices the account has', async () => {
    const owner = await newcomer();
    await service.sql(
      `INSERT INTO devices (id, user_id, token_hash, name, kind)
       SELECT gen_random_uuid(), user_id, sha256(n::text::bytea), 'TV', 'tv'
       FROM devices, generate_series(1, 1000) n WHERE id = $1`,
      [owner.device_id],
    );
    const versions = () =>
      service.sql(
        `SELECT DISTINCT d.xmin::text FROM devices d JOIN users u ON u.id = d.user_id WHERE u.email = $1 AND d.name = 'TV'`,
        [owner.email],
      );
    const before = await versions();
    await reset(owner.email);
    expect(await versions()).toEqual(before);
    await expectNewDevice(owner.email, owner, NEW_PASSWORD);
  });

  it('is gained again by a login at the same time as the event that ended it', async () => {
    const owner = await newcomer();
    const other = await service.api.session(owner.email);
    const logins = Array.from({ length: 5 }, () => service.api.session(owner.email));
    await reuse(other);
    const [newest] = (await Promise.all(logins)) as [Tokens];
    const { device_id, device_token } = await service.api.session(owner.email, {
      device_token: newest.device_token,
    });
    // Known if the login came after the event, otherwise new. Either way it is known from now on.
    expect((await service.api.session(owner.email, { device_token })).device_id).toBe(device_id);
  });

  it('lets the new login of a browser replace its session when the trust has ended', async () => {
    const browser = new HttpBrowser(service.url, 'http://localhost:3000');
    const { email, session_id } = await browser.registerAndLogin();
    await reuse(await service.api.session(email));
    const second = await browser.login(email);
    const { body } = await service.api.sessions((await service.api.session(email)).access_token);
    const ids = body.sessions.map(({ id }) => id);
    expect(ids).toContain(second.body.session_id);
    expect(ids).not.toContain(session_id);
  });
});
