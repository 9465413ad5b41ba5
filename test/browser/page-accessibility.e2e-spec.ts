import type { BrowserContextOptions } from 'playwright-core';
import { PASSWORD } from '../support/api.js';
import { axeViolations } from '../support/axe-violations.js';
import { confirmAddress } from '../support/confirm-address.js';
import { describeInChromium } from '../support/describe-in-chromium.js';
import { waitForMailTo } from '../support/linked-mail.js';
import { setUpPage } from '../support/page-set-up.js';
import { screenshotFolder } from '../support/screenshots.js';
import { EMULATED_CLIENTS } from '../support/visitor.js';
import { waitUntil } from '../support/wait-until.js';

const WINDOWS =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';
const OTHER_DEVICES = {
  'Ada’s iPhone':
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1',
  'Living room':
    'Mozilla/5.0 (Linux; Android 12; BRAVIA 4K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36',
  'Old laptop': 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0',
};
const HOSTILE_NAMES = [
  `<img src=x onerror="document.title='owned'">`,
  '\u05d0\u05d1\u05d2 gnp.elif \u05d3',
  'W'.repeat(64),
  '&lt;script&gt;alert(1)&lt;/script&gt;',
];

describeInChromium('the accessibility of the account page', () => {
  const site = setUpPage(
    { LOGIN_ATTEMPTS_PER_ADDRESS: '1000', ...EMULATED_CLIENTS },
    { hasMail: true, browser: { userAgent: WINDOWS, reducedMotion: 'reduce' } },
  );

  const signInElsewhere = async (email: string, device_name: string, userAgent = WINDOWS) => {
    await site.service.api.call('POST', '/auth/login', {
      body: { email, password: 'correct horse battery', device_name },
      headers: { 'user-agent': userAgent },
    });
  };
  const withOtherDevices = async (options?: BrowserContextOptions) => {
    const desktop = await site.visit(options);
    const email = await desktop.register();
    for (const [name, userAgent] of Object.entries(OTHER_DEVICES))
      await signInElsewhere(email, name, userAgent);
    for (const name of Object.keys(OTHER_DEVICES)) await desktop.device(name).waitFor();
    return { desktop, email };
  };

  it('passes axe in every state, light and dark', async () => {
    const desktop = await site.visit({ bypassCSP: true });
    const states: Record<string, string[]> = {};
    states.signIn = await axeViolations(desktop.page);
    await desktop.submitCredentials('unknown@example.org', 'Sign in');
    await desktop.page.locator('.error').waitFor();
    states.wrongPassword = await axeViolations(desktop.page);
    const email = await desktop.register();
    states.oneDevice = await axeViolations(desktop.page);
    for (const [name, userAgent] of Object.entries(OTHER_DEVICES))
      await signInElsewhere(email, name, userAgent);
    await desktop.device('Old laptop').waitFor();
    const laptop = await desktop.openDetails('Old laptop');
    await laptop.getByText('1 session').waitFor();
    states.devices = await axeViolations(desktop.page);
    await laptop.getByRole('button', { name: /^Rename/ }).click();
    states.renaming = await axeViolations(desktop.page);
    await desktop.button('Sign out all other devices').click();
    states.confirming = await axeViolations(desktop.page);
    await desktop.page.keyboard.press('Escape');
    await desktop.button('Change password').click();
    await desktop.dialog.waitFor();
    states.changingPassword = await axeViolations(desktop.page);
    await desktop.page.keyboard.press('Escape');
    await desktop.button('Sign out everywhere').click();
    await desktop.dialog.getByRole('button', { name: 'Sign out everywhere' }).click();
    await desktop.waitForSignOut('You’re signed out everywhere.');
    states.signedOut = await axeViolations(desktop.page);
    expect(Object.entries(states).filter(([, violations]) => violations.length > 0)).toEqual([]);
  });

  it('passes axe and fits a phone on the pages that mailed links lead to', async () => {
    const owner = await site.visit({ bypassCSP: true, viewport: { width: 320, height: 640 } });
    const email = await owner.register();
    const states: Record<string, string[]> = {};
    const look = async (heading: string) => {
      await owner.heading(heading).waitFor();
      // The title is set right after the heading.
      const title = `${heading} – Latchkey`;
      await waitUntil(`the title is ${title}`, async () => (await owner.page.title()) === title);
      expect(await owner.page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(320);
      states[heading] = await axeViolations(owner.page);
      await owner.page.screenshot({ path: `${screenshotFolder()}${heading.replaceAll(/\W+/g, '-')}.png` });
    };
    const press = (name: string) => owner.button(name).click();
    const choose = async (password: string) => {
      await owner.page.getByLabel('New password').fill(password);
      await press('Set new password');
    };

    await owner.openLinkIn(await waitForMailTo(site.mailbox, email, 'confirm-email'));
    await look('Confirm your email address');
    await press('Confirm email address');
    await look('Email address confirmed');
    // Notices go to confirmed addresses only.
    await signInElsewhere(email, 'Old laptop');
    await owner.page.goto('/account/forgot-password');
    await look('Forgot your password?');
    await owner.page.getByLabel('Email address').fill(email);
    await press('Send reset link');
    await look('Check your email');
    await owner.openLinkIn(await waitForMailTo(site.mailbox, email, 'reset-password'));
    await press('Show password');
    await choose('password');
    await owner.page.locator('.error').waitFor();
    await look('Set a new password');
    await owner.openLinkIn(await waitForMailTo(site.mailbox, email, 'disown'));
    await look('Don’t recognize this sign-in?');
    await press('This wasn’t me');
    await owner.page.getByText('The device is signed out.').waitFor();
    await look('Set a new password');
    await choose('a lonely wizard hums');
    await look('Your password has been reset');
    await owner.page.goto('/account/disown');
    await look('This link has expired or was already used');
    expect(Object.entries(states).filter(([, violations]) => violations.length > 0)).toEqual([]);
  });

  it('allows keyboard-only use on the pages that mailed links lead to', async () => {
    const owner = await site.visit();
    const email = await owner.register();
    await confirmAddress(site.deployment, email);
    await signInElsewhere(email, 'Old laptop');
    await owner.openLinkIn(await waitForMailTo(site.mailbox, email, 'disown'));
    const { keyboard } = owner.page;
    const headed = async (text: string) => {
      await owner.page.locator('h1:focus').filter({ hasText: text }).waitFor();
      await keyboard.press('Tab');
    };
    await headed('Don’t recognize this sign-in?');
    await keyboard.press('Enter');
    await headed('Set a new password');
    await keyboard.type('a lonely wizard hums');
    await keyboard.press('Enter');
    await headed('Your password has been reset');
    await keyboard.press('Enter');
    await owner.signIn(email, 'a lonely wizard hums');
    await owner.button('Change password').focus();
    await keyboard.press('Enter');
    await owner.dialog.getByLabel('Current password').and(owner.page.locator(':focus')).waitFor();
    await keyboard.press('Escape');
    await owner.dialog.waitFor({ state: 'detached' });
    expect(await owner.page.evaluate('document.activeElement.textContent')).toBe('Change password');
  });

  it('allows keyboard-only use on the devices page', async () => {
    const desktop = await site.visit();
    const email = await desktop.register();
    await desktop.page.getByRole('banner').getByRole('button', { name: 'Sign out' }).click();
    await signInElsewhere(email, 'Old laptop');
    await desktop.heading('Sign in').waitFor();
    const { keyboard } = desktop.page;
    const focused = () => desktop.page.evaluate('document.activeElement.textContent') as Promise<string>;
    const tabTo = async (text: string) => {
      for (let presses = 0; presses < 40; presses++) {
        await keyboard.press('Tab');
        if ((await focused()).startsWith(text)) {
          // The focus is visible.
          expect(await desktop.page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe(
            'solid',
          );
          return;
        }
      }
      throw new Error(`the Tab key does not reach ${text}`);
    };

    // The email address is filled in, and the password field has the focus.
    await desktop.page.locator('input[type=password]:focus').waitFor();
    await keyboard.type('correct horse battery');
    await keyboard.press('Enter');
    await desktop.device('Old laptop').waitFor();
    await desktop.page.locator('h1:focus').waitFor();
    expect(await focused()).toBe('Your devices');
    await keyboard.press('Shift+Tab');
    await keyboard.press('Shift+Tab');
    expect(await focused()).toBe('Skip to your devices');
    await keyboard.press('Enter');
    await tabTo('Details of Old laptop');
    await keyboard.press('Enter');
    await tabTo('Rename Old laptop');
    await keyboard.press('Enter');
    await desktop.page.locator('input:focus').waitFor();
    await keyboard.type('Cellar');
    await keyboard.press('Enter');
    await desktop.device('Cellar').waitFor();
    await tabTo('Sign out Cellar');
    await keyboard.press('Enter');
    await desktop.dialog.waitFor();
    expect(await focused()).toBe('Cancel');
    // The focus stays in the dialog, and returns when the dialog closes.
    for (let presses = 0; presses < 6; presses++) {
      await keyboard.press('Tab');
      expect(await desktop.page.evaluate(`!document.activeElement.closest('main, header')`)).toBe(true);
    }
    await keyboard.press('Escape');
    await desktop.dialog.waitFor({ state: 'detached' });
    expect(await focused()).toMatch(/^Sign out Cellar/);
    await keyboard.press('Enter');
    await desktop.dialog.locator('button:focus').waitFor();
    await tabTo('Sign out');
    await keyboard.press('Enter');
    await desktop.device('Cellar').waitFor({ state: 'detached' });
    await desktop.page.locator('h1:focus').waitFor();
    expect(await focused()).toBe('Your devices');
  });

  it('shows hostile device names as text without breaking the layout', async () => {
    const desktop = await site.visit({ viewport: { width: 320, height: 640 } });
    const email = await desktop.register();
    for (const name of HOSTILE_NAMES) await signInElsewhere(email, name);
    await signInElsewhere(email, 'long name');
    const longName = 'x'.repeat(200);
    await site.deployment.sql(
      `UPDATE devices SET name = $1, browser = $2, system = $2 WHERE name = 'long name'`,
      [longName, HOSTILE_NAMES[0]],
    );
    await desktop.page.reload();
    for (const name of [...HOSTILE_NAMES, longName])
      await desktop.page.getByRole('listitem', { name, exact: true }).waitFor();
    await desktop.button('Sign out all other devices').click();
    for (const name of [...HOSTILE_NAMES, longName])
      await desktop.dialog.getByText(name, { exact: true }).waitFor();
    expect(await desktop.page.title()).toBe('Your devices – Latchkey');
    expect(await desktop.page.locator('img, script:not([src])').count()).toBe(0);
    expect(await desktop.page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(320);
    const isIsolated = `[...document.querySelectorAll('[data-device] bdi')].every((it) => getComputedStyle(it).unicodeBidi === 'isolate')`;
    expect(await desktop.page.evaluate(isIsolated)).toBe(true);
    expect(desktop.pageErrors).toEqual([]);
  });

  it('takes the screenshots for the README', async () => {
    const { desktop, email } = await withOtherDevices({ viewport: { width: 820, height: 860 } });
    const { token } = await waitForMailTo(site.mailbox, email, 'confirm-email');
    await site.service.api.call('POST', '/auth/email/confirm', { body: { token, password: PASSWORD } });
    await desktop.heading('Confirm your email address').waitFor({ state: 'detached' });
    // As if used for some weeks.
    await site.deployment.sql(
      `UPDATE devices SET first_seen_at = first_seen_at - interval '40 days',
         last_seen_at = last_seen_at - length(name) * interval '47 minutes'`,
    );
    // One question about a sign-in is left.
    await site.deployment.sql(
      `DELETE FROM security_events WHERE kind = 'new_device_sign_in' AND id NOT IN (
         SELECT id FROM security_events WHERE kind = 'new_device_sign_in' ORDER BY at DESC LIMIT 1)`,
    );
    await site.deployment.sql(
      `UPDATE sessions s SET address = '203.0.113.24', created_at = created_at - interval '20 days',
         last_seen_at = s.last_seen_at - length(d.name) * interval '47 minutes'
       FROM devices d WHERE d.id = s.device_id AND d.name NOT LIKE 'Chrome%'`,
    );
    await desktop.page.reload();
    await desktop.page.getByText('Updating live').waitFor();
    await desktop.page.emulateMedia({ colorScheme: 'light' });
    await desktop.page.screenshot({ path: `${screenshotFolder()}devices-light.png` });
    await desktop.page.emulateMedia({ colorScheme: 'dark' });
    await desktop.page.screenshot({ path: `${screenshotFolder()}devices-dark.png` });
    await desktop.button('Sign out all other devices').click();
    await desktop.page.screenshot({ path: `${screenshotFolder()}confirm-dialog-dark.png` });
    await desktop.page.keyboard.press('Escape');
    await desktop.page.setViewportSize({ width: 320, height: 690 });
    await desktop.page.emulateMedia({ colorScheme: 'light' });
    await desktop.page.screenshot({ path: `${screenshotFolder()}devices-phone.png` });
    expect(await desktop.page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(320);
  });
});
