import type { Browser } from 'playwright-core';
import { newEmail } from '../support/api.js';
import { chromiumProgram, launchChromium } from '../support/chromium.js';
import { Deployment } from '../support/deployment.js';
import { Mailbox } from '../support/mailbox.js';
import type { ServiceProcess } from '../support/service-process.js';
import { Visitor } from '../support/visitor.js';

const program = chromiumProgram();
const describeInChromium = program ? describe : describe.skip;

const NEW_PASSWORD = 'a lonely wizard hums';
const RESET = 'Reset your password';
const CONFIRM = 'Confirm your email address';
const SIGN_IN = 'New sign-in to your account';
const DEAD = 'This link does not work any more';

describeInChromium('the pages that mails lead to', () => {
  let chromium: Browser;
  let mailbox: Mailbox;
  let deployment: Deployment;
  let service: ServiceProcess;
  const visitors: Visitor[] = [];

  beforeAll(async () => {
    mailbox = await Mailbox.open();
    deployment = await Deployment.create({
      LATCHKEY_ISSUER: 'http://localhost:3000',
      LOGIN_ATTEMPTS_PER_ADDRESS: '1000',
      SMTP_URL: mailbox.url,
    });
    service = await deployment.start();
    chromium = await launchChromium(program ?? '');
  });
  afterEach(async () => {
    const complaints = visitors.flatMap((visitor) => visitor.complaints);
    await Promise.all(visitors.splice(0).map((visitor) => visitor.leave()));
    expect(complaints).toEqual([]);
  });
  afterAll(async () => {
    await chromium?.close();
    await deployment?.close();
    await mailbox?.close();
  });

  const arrive = async () => {
    const visitor = await Visitor.arrive(chromium, service.url);
    visitors.push(visitor);
    return visitor;
  };
  const member = async () => {
    const desk = await arrive();
    return { desk, email: await desk.register() };
  };
  const forget = async (visitor: Visitor, email: string) => {
    await visitor.link('Forgot your password?').click();
    await visitor.page.getByLabel('Email address').fill(email);
    await visitor.button('Send the link').click();
    await visitor.heading('Look into your mail').waitFor();
    return visitor.page.locator('main').textContent();
  };
  const choose = async ({ page }: Visitor, password: string) => {
    await page.getByLabel('New password').fill(password);
    await page.getByRole('button', { name: 'Set the new password' }).click();
  };
  const linksUsed = async (email: string) => {
    const rows = await deployment.sql(
      `SELECT l.used_at FROM account_links l JOIN users u ON u.id = l.user_id WHERE u.email = $1`,
      [email],
    );
    return rows.filter(({ used_at }) => used_at !== null).length;
  };

  it('let somebody who forgot their password choose a new one, and sign every device out', async () => {
    const { desk, email } = await member();
    const phone = await arrive();
    await forget(phone, email);
    await phone.follow(await mailbox.waitFor(email, RESET));
    await choose(phone, 'password');
    await phone.page
      .locator('.error')
      .filter({ hasText: /password/i })
      .waitFor();
    const out = desk.thrownOut('You were signed out because your password was reset.');
    await choose(phone, NEW_PASSWORD);
    await phone.heading('Your new password is set').waitFor();
    await out;
    await phone.link('Sign in').click();
    await phone.enter(email, 'Sign in');
    await phone.page.getByText('The email address or the password is wrong.').waitFor();
    await phone.signIn(email, NEW_PASSWORD);
    expect(await phone.cards.count()).toBe(1);
  });

  it('say the same of an address that nobody has', async () => {
    const { email } = await member();
    const [known, unknown] = [await arrive(), await arrive()];
    const told = await forget(known, email);
    expect(told).toContain('If there is an account with this address, a mail is on its way.');
    expect(await forget(unknown, newEmail())).toBe(told);
    await unknown.link('Back to sign in').click();
    await unknown.heading('Sign in').waitFor();
  });

  it('throw out whoever the mail told of, while they watch, and lead to a new password', async () => {
    const { desk, email } = await member();
    const intruder = await arrive();
    await intruder.signIn(email);
    await intruder.page.getByText('This list is live').waitFor();
    const owner = await arrive();
    await owner.follow(await mailbox.waitFor(email, SIGN_IN));
    const out = intruder.thrownOut('this sign-in was reported as not yours');
    await owner.button('This wasn’t me').click();
    await out;
    await owner.page.getByRole('alert').filter({ hasText: 'That device is signed out.' }).waitFor();
    // What they know is of no use any more, and the owner's own device goes on.
    await intruder.enter(email, 'Sign in');
    await intruder.page.getByText('The email address or the password is wrong.').waitFor();
    expect(await desk.card('This device').count()).toBe(1);
    await choose(owner, NEW_PASSWORD);
    await owner.heading('Your new password is set').waitFor();
    await desk.thrownOut('your password was reset');
    await desk.signIn(email, NEW_PASSWORD);
    await desk.page.getByText('A sign-in was reported as not yours').waitFor();
  });

  it('confirm an address, which other pages hear of', async () => {
    const { desk, email } = await member();
    await desk.heading('Confirm your address').waitFor();
    const phone = await arrive();
    await phone.follow(await mailbox.waitFor(email, CONFIRM));
    await phone.button('Confirm address').click();
    await phone.heading('Your address is confirmed').waitFor();
    await desk.heading('Confirm your address').waitFor({ state: 'detached' });
    await desk.page.getByText('Email address confirmed').waitFor();
    await phone.link('Go to your account').click();
    await phone.signIn(email);
    expect(await phone.heading('Confirm your address').count()).toBe(0);
  });

  it('send the confirmation again, and say when that was often enough', async () => {
    const { desk, email } = await member();
    await mailbox.waitFor(email, CONFIRM);
    await desk.button('Send the mail again').click();
    await desk.page.getByRole('status').filter({ hasText: 'is on its way' }).waitFor();
    await desk.follow(await mailbox.waitFor(email, CONFIRM, 2));
    await desk.heading('Confirm your address').waitFor();
    const tab = await desk.tab();
    await tab.heading('Confirm your address').waitFor();
    const refused = tab.page.getByText(/^Too many attempts\. Try again in \d+ (seconds|minutes)\.$/);
    for (let sent = 1; sent < 4; sent++) {
      expect(await refused.count()).toBe(0);
      const answered = tab.page.waitForResponse(/email\/resend/);
      await tab.button('Send the mail again').click();
      await answered;
    }
    await refused.waitFor();
  });

  it('do nothing when they are only opened, as programs do that look through mails', async () => {
    const { desk, email } = await member();
    const other = await service.api.session(email, { device_name: 'Kitchen tablet' });
    await forget(await arrive(), email);
    const mails = await Promise.all([RESET, CONFIRM, SIGN_IN].map((it) => mailbox.waitFor(email, it)));
    const scanner = await arrive();
    // What the page of devices asks is over.
    await scanner.heading('Sign in').waitFor();
    scanner.requests.length = 0;
    for (const mail of mails) {
      await scanner.follow(mail);
      await scanner.page.locator('h1:focus').waitFor();
      await scanner.page.reload();
      await scanner.heading(DEAD).waitFor();
    }
    expect(scanner.requests.filter((it) => !it.startsWith('GET'))).toEqual([]);
    expect(await linksUsed(email)).toBe(0);
    expect((await service.api.me(other.access_token)).body).toMatchObject({
      user: { email_verified: false },
    });
    expect(await desk.card('Kitchen tablet').count()).toBe(1);
  });

  it('keep no token in the address or the history', async () => {
    const { email } = await member();
    const mail = await mailbox.waitFor(email, CONFIRM);
    const phone = await arrive();
    await phone.follow(mail);
    await phone.heading('Confirm your address').waitFor();
    expect(phone.page.url()).toBe(`${service.url}/account/confirm-email`);
    await phone.page.goto('/account');
    await phone.page.goBack();
    expect(phone.page.url()).toBe(`${service.url}/account/confirm-email`);
    await phone.heading(DEAD).waitFor();
    expect(phone.requests.join('\n')).not.toContain(mail.token);
  });

  it('say that a link was used, and take the next one in the same tab', async () => {
    const { email } = await member();
    const phone = await arrive();
    await phone.follow(await mailbox.waitFor(email, CONFIRM));
    const { token } = await mailbox.waitFor(email, CONFIRM);
    expect((await service.api.call('POST', '/auth/email/confirm', { body: { token } })).status).toBe(204);
    await phone.button('Confirm address').click();
    await phone.heading(DEAD).waitFor();

    await phone.page.goto('/account/reset-password');
    await phone.heading(DEAD).waitFor();
    await phone.link('Ask for a new link').click();
    await phone.heading('Forgot your password?').waitFor();
    await service.api.call('POST', '/auth/password/forgot', { body: { email } });
    await phone.page.goto('/account/reset-password#token=lkm_of-nothing');
    await phone.heading('Choose a new password').waitFor();
    await choose(phone, NEW_PASSWORD);
    await phone.heading(DEAD).waitFor();
    // Nothing is loaded: the address differs in its fragment only.
    await phone.follow(await mailbox.waitFor(email, RESET));
    await choose(phone, NEW_PASSWORD);
    await phone.heading('Your new password is set').waitFor();
  });

  it('change a password for somebody who knows it, and sign out every device but theirs', async () => {
    const { desk, email } = await member();
    const phone = await arrive();
    await phone.signIn(email);
    await desk.page.getByText('on 2 devices').waitFor();
    await desk.button('Change password').click();
    const send = desk.dialog.getByRole('button', { name: 'Change password' });
    await desk.dialog.getByLabel('Current password').fill('not the password');
    await desk.dialog.getByLabel('New password').fill(NEW_PASSWORD);
    await send.click();
    await desk.dialog.getByText('The current password is wrong.').waitFor();
    await desk.dialog.getByLabel('Current password').fill('correct horse battery');
    const out = phone.thrownOut('You were signed out because your password was changed.');
    await send.click();
    await desk.page.getByRole('status').filter({ hasText: 'Your password is changed.' }).waitFor();
    await out;
    await desk.page.getByText('only on this device').waitFor();
    await phone.signIn(email, NEW_PASSWORD);
    await desk.page.getByText('on 2 devices').waitFor();
  });
});
