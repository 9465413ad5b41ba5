import { newEmail, PASSWORD } from '../support/api.js';
import { confirmAddress } from '../support/confirm-address.js';
import { describeInChromium } from '../support/describe-in-chromium.js';
import { expireAccessCookie } from '../support/expire-access-cookie.js';
import { waitForMailTo } from '../support/linked-mail.js';
import { setUpPage } from '../support/page-set-up.js';
import { Visitor } from '../support/visitor.js';

const NEW_PASSWORD = 'a lonely wizard hums';
const LINKED_PAGES = ['reset-password', 'confirm-email', 'disown'] as const;
const INVALID_LINK = 'This link has expired or was already used';

describeInChromium('the pages that mailed links lead to', () => {
  const site = setUpPage({ LOGIN_ATTEMPTS_PER_ADDRESS: '1000' }, { hasMail: true });

  const registered = async () => {
    const desktop = await site.visit();
    return { desktop, email: await desktop.register() };
  };
  const requestReset = async (visitor: Visitor, email: string) => {
    await visitor.link('Forgot your password?').click();
    await visitor.page.getByLabel('Email address').fill(email);
    await visitor.button('Send reset link').click();
    await visitor.heading('Check your email').waitFor();
    return visitor.page.locator('main').textContent();
  };
  const choosePassword = async ({ page }: Visitor, password: string) => {
    await page.getByLabel('New password').fill(password);
    await page.getByRole('button', { name: 'Set new password' }).click();
  };
  const usedLinks = async (email: string) => {
    const rows = await site.deployment.sql(
      `SELECT l.used_at FROM account_links l JOIN users u ON u.id = l.user_id WHERE u.email = $1`,
      [email],
    );
    return rows.filter(({ used_at }) => used_at !== null).length;
  };

  it('do not include an unknown address', async () => {
    const visitor = await site.visit();
    await visitor.page.goto('/account/nothing');
    await visitor.heading('Page not found').waitFor();
    await visitor.link('Go to your account').click();
    await visitor.heading('Sign in').waitFor();
  });

  it('reset a forgotten password and sign out every device', async () => {
    const { desktop, email } = await registered();
    const phone = await site.visit();
    await requestReset(phone, email);
    await phone.openLinkIn(await waitForMailTo(site.mailbox, email, 'reset-password'));
    await choosePassword(phone, 'password');
    await phone.page
      .locator('.error')
      .filter({ hasText: /password/i })
      .waitFor();
    const out = desktop.waitForSignOut('You were signed out because your password was reset.');
    await choosePassword(phone, NEW_PASSWORD);
    await phone.heading('Your password has been reset').waitFor();
    await out;
    await phone.link('Sign in').click();
    await phone.submitCredentials(email, 'Sign in');
    await phone.page.getByText('Incorrect email address or password.').waitFor();
    await phone.signIn(email, NEW_PASSWORD);
    expect(await phone.devices.count()).toBe(1);
  });

  it('show the same page for an unknown address', async () => {
    const { email } = await registered();
    const [known, unknown] = [await site.visit(), await site.visit()];
    const text = await requestReset(known, email);
    expect(text).toContain('If an account exists for this address, a password reset link is on its way.');
    expect(await requestReset(unknown, newEmail())).toBe(text);
    await unknown.link('Back to sign in').click();
    await unknown.heading('Sign in').waitFor();
  });

  it('sign out the device of a reported sign-in while its page is open, then set a new password', async () => {
    const { desktop, email } = await registered();
    await confirmAddress(site.deployment, email);
    const intruder = await site.visit();
    await intruder.signIn(email);
    await intruder.page.getByText('Updating live').waitFor();
    const owner = await site.visit();
    await owner.openLinkIn(await waitForMailTo(site.mailbox, email, 'disown'));
    const out = intruder.waitForSignOut('this sign-in was reported as unauthorized');
    await owner.button('This wasn’t me').click();
    await out;
    await owner.page.getByRole('alert').filter({ hasText: 'The device is signed out.' }).waitFor();
    // The intruder's password no longer works, and the owner's own device stays signed in.
    await intruder.submitCredentials(email, 'Sign in');
    await intruder.page.getByText('Incorrect email address or password.').waitFor();
    expect(await desktop.device('This device').count()).toBe(1);
    await choosePassword(owner, NEW_PASSWORD);
    await owner.heading('Your password has been reset').waitFor();
    await desktop.waitForSignOut('your password was reset');
    await desktop.signIn(email, NEW_PASSWORD);
    await desktop.page.getByText('You reported that a sign-in wasn’t you').waitFor();
  });

  it('confirm an address, and open pages update', async () => {
    const { desktop, email } = await registered();
    await desktop.heading('Confirm your email address').waitFor();
    const phone = await site.visit();
    await phone.openLinkIn(await waitForMailTo(site.mailbox, email, 'confirm-email'));
    await phone.button('Confirm email address').click();
    await phone.page.getByLabel('Password').fill('not the password');
    await phone.button('Confirm email address').click();
    await phone.page.getByText('incorrect').waitFor();
    await phone.page.getByLabel('Password').fill(PASSWORD);
    await phone.button('Confirm email address').click();
    await phone.heading('Email address confirmed').waitFor();
    await desktop.heading('Confirm your email address').waitFor({ state: 'detached' });
    await desktop.page.getByText('Email address confirmed').waitFor();
    await phone.link('Go to your account').click();
    await phone.signIn(email);
    expect(await phone.heading('Confirm your email address').count()).toBe(0);
  });

  it('confirm an address without a password in the browser that is signed in, also after the access token', async () => {
    const { desktop, email } = await registered();
    const mail = await waitForMailTo(site.mailbox, email, 'confirm-email');
    await expireAccessCookie(desktop.context);
    await desktop.openLinkIn(mail);
    await desktop.button('Confirm email address').click();
    await desktop.heading('Email address confirmed').waitFor();
  });

  it('delete an account that was registered with the address of someone else', async () => {
    const { desktop: stranger, email } = await registered();
    const mail = await waitForMailTo(site.mailbox, email, 'confirm-email');
    const owner = await site.visit();
    await owner.openLinkIn(mail);
    await owner.button('I didn’t register').click();
    await owner.button('Back').click();
    await owner.heading('Confirm your email address').waitFor();
    await owner.page.goto(`/account/reject-registration#token=${mail.token}`);
    const out = stranger.waitForSignOut('this sign-in was reported as unauthorized');
    await owner.button('Delete the account').click();
    await owner.heading('The account was deleted').waitFor();
    await out;
    await stranger.submitCredentials(email, 'Sign in');
    await stranger.page.getByText('Incorrect email address or password.').waitFor();
    await owner.page.goto('/account');
    await owner.page.goto(`/account/reject-registration#token=${mail.token}`);
    await owner.button('Delete the account').click();
    await owner.heading(INVALID_LINK).waitFor();
    expect((await site.service.api.register(email)).status).toBe(201);
  });

  it('resend the confirmation, and report when the limit is reached', async () => {
    const { desktop, email } = await registered();
    await waitForMailTo(site.mailbox, email, 'confirm-email');
    await desktop.button('Resend email').click();
    await desktop.page.getByRole('status').filter({ hasText: 'is on its way' }).waitFor();
    await desktop.openLinkIn(await waitForMailTo(site.mailbox, email, 'confirm-email', 2));
    await desktop.heading('Confirm your email address').waitFor();
    const tab = await desktop.newTab();
    await tab.heading('Confirm your email address').waitFor();
    const refused = tab.page.getByText(/^Too many attempts\. Try again in \d+ (seconds|minutes)\.$/);
    for (let sent = 1; sent < 4; sent++) {
      expect(await refused.count()).toBe(0);
      const answered = tab.page.waitForResponse(/email\/resend/);
      await tab.button('Resend email').click();
      await answered;
    }
    await refused.waitFor();
  });

  it('do nothing when they are only opened, as mail scanners do', async () => {
    const { desktop, email } = await registered();
    // The mail with the link to confirm the address must be there first.
    await waitForMailTo(site.mailbox, email, 'confirm-email');
    await confirmAddress(site.deployment, email);
    const other = await site.service.api.session(email, { device_name: 'Kitchen tablet' });
    await waitForMailTo(site.mailbox, email, 'disown');
    await site.deployment.sql('UPDATE users SET email_confirmed_at = NULL WHERE email = $1', [email]);
    await requestReset(await site.visit(), email);
    const mails = await Promise.all(LINKED_PAGES.map((page) => waitForMailTo(site.mailbox, email, page)));
    const scanner = await site.visit();
    // The requests of the account page are done.
    await scanner.heading('Sign in').waitFor();
    scanner.requests.length = 0;
    for (const mail of mails) {
      await scanner.openLinkIn(mail);
      await scanner.page.locator('h1:focus').waitFor();
      await scanner.page.reload();
      await scanner.heading(INVALID_LINK).waitFor();
    }
    expect(scanner.requests.filter((it) => !it.startsWith('GET'))).toEqual([]);
    expect(await usedLinks(email)).toBe(0);
    expect((await site.service.api.me(other.access_token)).body).toMatchObject({
      user: { email_verified: false },
    });
    expect(await desktop.device('Kitchen tablet').count()).toBe(1);
  });

  it('keep no token in the URL or the history', async () => {
    const { email } = await registered();
    const mail = await waitForMailTo(site.mailbox, email, 'confirm-email');
    const phone = await site.visit();
    await phone.openLinkIn(mail);
    await phone.heading('Confirm your email address').waitFor();
    expect(phone.page.url()).toBe(`${site.service.url}/account/confirm-email`);
    await phone.page.goto('/account');
    await phone.page.goBack();
    expect(phone.page.url()).toBe(`${site.service.url}/account/confirm-email`);
    await phone.heading(INVALID_LINK).waitFor();
    expect(phone.requests.join('\n')).not.toContain(mail.token);
  });

  it('report a used link, and accept another one in the same tab', async () => {
    const { email } = await registered();
    const phone = await site.visit();
    await phone.openLinkIn(await waitForMailTo(site.mailbox, email, 'confirm-email'));
    const { token } = await waitForMailTo(site.mailbox, email, 'confirm-email');
    expect(
      (await site.service.api.call('POST', '/auth/email/confirm', { body: { token, password: PASSWORD } }))
        .status,
    ).toBe(204);
    await phone.button('Confirm email address').click();
    await phone.heading('Email address confirmed').waitFor();

    await phone.page.goto('/account/reset-password');
    await phone.heading(INVALID_LINK).waitFor();
    await phone.link('Request a new link').click();
    await phone.heading('Forgot your password?').waitFor();
    await site.service.api.call('POST', '/auth/password/forgot', { body: { email } });
    await phone.page.goto('/account/reset-password#token=lkm_of-nothing');
    await phone.heading('Set a new password').waitFor();
    await choosePassword(phone, NEW_PASSWORD);
    await phone.heading(INVALID_LINK).waitFor();
    // The page does not reload, because only the fragment of the URL changes.
    await phone.openLinkIn(await waitForMailTo(site.mailbox, email, 'reset-password'));
    await choosePassword(phone, NEW_PASSWORD);
    await phone.heading('Your password has been reset').waitFor();
  });

  it('change a password, and sign out every other device', async () => {
    const { desktop, email } = await registered();
    const phone = await site.visit();
    await phone.signIn(email);
    await desktop.page.getByText('on 2 devices').waitFor();
    await desktop.button('Change password').click();
    const send = desktop.dialog.getByRole('button', { name: 'Change password' });
    await desktop.dialog.getByLabel('Current password').fill('not the password');
    await desktop.dialog.getByLabel('New password').fill(NEW_PASSWORD);
    await send.click();
    await desktop.dialog.getByText('Your current password is incorrect.').waitFor();
    await desktop.dialog.getByLabel('Current password').fill('correct horse battery');
    const out = phone.waitForSignOut('You were signed out because your password was changed.');
    await send.click();
    await desktop.page.getByRole('status').filter({ hasText: 'Password changed.' }).waitFor();
    await out;
    await desktop.page.getByText('only on this device').waitFor();
    await phone.signIn(email, NEW_PASSWORD);
    await desktop.page.getByText('on 2 devices').waitFor();
  });
});
