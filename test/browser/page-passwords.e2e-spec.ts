import type { Locator } from 'playwright-core';
import { newEmail } from '../support/api.js';
import { describeInChromium } from '../support/describe-in-chromium.js';
import { waitForMailTo } from '../support/linked-mail.js';
import { setUpPage } from '../support/page-set-up.js';
import { waitUntil } from '../support/wait-until.js';

const NEW_PASSWORD = 'a lonely wizard hums';

describeInChromium('a password manager on the account page', () => {
  const site = setUpPage({}, { hasMail: true });

  /** The fields of a form as a password manager sees them. */
  const fields = async (form: Locator) =>
    Promise.all(
      (await form.locator('input').all()).map(
        async (input) => `${await input.getAttribute('autocomplete')} ${await input.inputValue()}`,
      ),
    );

  it('finds the account in the forms to sign in and to register, and the typed address stays', async () => {
    const visitor = await site.visit();
    const { page } = visitor;
    const email = newEmail();
    const form = page.locator('form');
    await page.getByLabel('Email address').fill(email);
    expect(await fields(form)).toEqual([`username ${email}`, 'current-password ']);
    await visitor.button('Create an account').click();
    await page.getByText('At least 8 characters').waitFor();
    expect(await fields(form)).toEqual([`username ${email}`, 'new-password ']);
    await visitor.button('Sign in').click();
    await visitor.link('Forgot your password?').click();
    await page.getByText('reset link.').waitFor();
    expect(await fields(form)).toEqual([`email ${email}`]);
  });

  it('finds the account in the form for a forgotten password, and in the one to sign in after it', async () => {
    const { email } = await site.service.api.newcomer();
    await site.service.api.call('POST', '/auth/password/forgot', { body: { email } });
    const visitor = await site.visit();
    await visitor.openLinkIn(await waitForMailTo(site.mailbox, email, 'reset-password'));
    await visitor.page.getByLabel('New password').focus();
    const form = visitor.page.locator('form');
    await waitUntil('the address', async () => (await fields(form)).includes(`username ${email}`));
    expect(await fields(form)).toEqual([`username ${email}`, 'new-password ']);
    await visitor.page.getByLabel('New password').fill(NEW_PASSWORD);
    await visitor.button('Set new password').click();
    await visitor.link('Sign in').click();
    await visitor.heading('Sign in').waitFor();
    expect(await fields(form)).toEqual([`username ${email}`, 'current-password ']);
  });

  it('finds the account in the form that confirms an address', async () => {
    const { email } = await site.service.api.newcomer();
    const visitor = await site.visit();
    await visitor.openLinkIn(await waitForMailTo(site.mailbox, email, 'confirm-email'));
    await visitor.button('Confirm email address').click();
    await visitor.page.getByLabel('Password').waitFor();
    expect(await fields(visitor.page.locator('form'))).toEqual([`username ${email}`, 'current-password ']);
  });

  it('is led to the form that changes the password', async () => {
    const visitor = await site.visit();
    const email = await visitor.register();
    const { status, headers } = await fetch(`${site.service.url}/.well-known/change-password`, {
      redirect: 'manual',
    });
    expect([status, headers.get('location')]).toEqual([302, '/account/change-password']);
    await visitor.page.goto('/.well-known/change-password');
    await visitor.dialog.waitFor();
    expect(await fields(visitor.dialog)).toEqual([`username ${email}`, 'current-password ', 'new-password ']);
    await visitor.page.keyboard.press('Escape');
    await visitor.dialog.waitFor({ state: 'detached' });
    expect(visitor.page.url()).toBe(`${site.service.url}/account`);
    // With a 200 here, password managers would not trust the answer above.
    const unknown = '/.well-known/resource-that-should-not-exist-whose-status-code-should-not-be-200';
    expect((await fetch(site.service.url + unknown)).status).toBe(404);
  });
});
