import { setTimeout as sleep } from 'node:timers/promises';
import { newEmail } from '../../support/api.js';
import { confirmAddress } from '../../support/confirm-address.js';
import { Deployment } from '../../support/deployment.js';
import { freePort } from '../../support/free-port.js';
import { Mailbox } from '../../support/mailbox.js';
import { waitUntil } from '../../support/wait-until.js';

const CONFIRM = 'Confirm your email address';

describe('mail with several instances', () => {
  let mailbox: Mailbox | undefined;
  let deployment: Deployment;

  afterEach(async () => {
    await deployment?.close();
    await mailbox?.close();
    mailbox = undefined;
  });

  const isDone = () =>
    waitUntil(
      'the outbox is empty',
      async () => (await deployment.sql('SELECT id FROM mail_outbox')).length === 0,
      { timeoutMs: 60_000 },
    );

  it('is sent exactly once, by one of the instances', async () => {
    mailbox = await Mailbox.open();
    deployment = await Deployment.create({ SMTP_URL: mailbox.url, LOGIN_ATTEMPTS_PER_ADDRESS: '100000' });
    const instances = [await deployment.start(), await deployment.start()];
    const emails = Array.from({ length: 40 }, newEmail);
    const answers = await Promise.all(emails.map((email, at) => instances[at % 2]?.api.register(email)));
    expect(new Set(answers.map((answer) => answer?.status))).toEqual(new Set([201]));
    for (const email of emails) await mailbox.waitFor(email, CONFIRM);
    await isDone();
    expect(mailbox.mails.map(({ envelope }) => envelope[0]).sort()).toEqual(emails.toSorted());
  });

  it('is sent by another instance if one dies after the commit but before sending', async () => {
    const port = await freePort();
    deployment = await Deployment.create({ SMTP_URL: `smtp://127.0.0.1:${port}` });
    const email = newEmail();
    const first = await deployment.start();
    expect((await first.api.register(email)).status).toBe(201);
    first.kill();
    await first.exit();
    expect(await deployment.sql('SELECT kind FROM mail_outbox')).toEqual([{ kind: 'email_to_confirm' }]);
    mailbox = await Mailbox.open({ port });
    await deployment.start();
    // Two minutes later: until then the instance that died might still be sending.
    await deployment.sql('UPDATE mail_outbox SET next_attempt_at = now()');
    await mailbox.waitFor(email, CONFIRM);
    await isDone();
    await sleep(2_000);
    expect(mailbox.mails).toHaveLength(1);
  });

  it('leaves no token, password or link in any log', async () => {
    let token = '';
    mailbox = await Mailbox.open({
      // A server that quotes the mail in its rejection, as some spam filters do.
      onReceived: async () => {
        token = mailbox?.mails.at(-1)?.token ?? '';
        if (mailbox?.mails.length === 1) throw new Error(`450 spam: https://id.example.com/#token=${token}`);
      },
    });
    deployment = await Deployment.create({
      NODE_ENV: 'production',
      HOST: '127.0.0.1',
      LOG_LEVEL: 'debug',
      SMTP_URL: mailbox.url,
    });
    const instance = await deployment.start();
    const { api } = instance;
    const email = newEmail();
    await api.register(email);
    await mailbox.waitFor(email, CONFIRM, 2);
    await api.session(email);
    await confirmAddress(deployment, email);
    await api.session(email);
    const { token: disown } = await mailbox.waitFor(email, 'New sign-in to your account');
    const { body } = await api.call('POST', '/auth/disown', { body: { token: disown } });
    const new_password = 'a lonely wizard hums';
    await api.call('POST', `/auth/password/reset?token=${disown}`, { body: { token: disown, new_password } });
    await api.call('POST', '/auth/password/reset', { body: { token: body.reset_token, new_password } });
    await api.call('POST', '/auth/password/forgot', { body: { email } });
    await mailbox.waitFor(email, 'Reset your password');
    await mailbox.waitFor(email, 'Your password was reset');
    await isDone();
    await instance.stop();
    expect(instance.log).toContain('was not sent, attempt 1');
    expect(instance.log).not.toMatch(/lkm_|lonely wizard/);
    expect(instance.log).not.toContain(email);
  });
});
