import { newEmail } from '../support/api.js';
import { describeInChromium } from '../support/describe-in-chromium.js';
import { setUpPage } from '../support/page-set-up.js';
import { EMULATED_CLIENTS } from '../support/visitor.js';

/** What a user perceives as immediate, with an allowance for a busy machine. */
const IMMEDIATE_MS = 5_000;
const FIREFOX = {
  userAgent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:141.0) Gecko/20100101 Firefox/141.0',
};
const IPHONE = {
  userAgent:
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1',
};

describeInChromium('the devices page', () => {
  const site = setUpPage({ LOGIN_ATTEMPTS_PER_ADDRESS: '1000', ...EMULATED_CLIENTS });

  /** One user, signed in on a computer with Firefox and on a phone. */
  const twoDevices = async () => {
    const desktop = await site.visit(FIREFOX);
    const email = await desktop.register();
    const phone = await site.visit(IPHONE);
    await phone.signIn(email);
    await desktop.device('iPhone').waitFor();
    return { email, desktop, phone };
  };

  it('registers a user, shows this device, signs out and signs in again', async () => {
    const desktop = await site.visit(FIREFOX);
    const email = await desktop.register();
    expect(await desktop.device('This device').textContent()).toMatch(/Firefox on Windows[\s\S]*Active now/);
    expect(await desktop.page.getByText('You’re signed in only on this device').count()).toBe(1);
    await desktop.page.getByRole('banner').getByRole('button', { name: 'Sign out' }).click();
    await desktop.waitForSignOut('You’re signed out.');
    expect(await desktop.page.getByLabel('Email address').inputValue()).toBe(email);
    await desktop.signIn(email);
    expect(await desktop.devices.count()).toBe(1);
  });

  it('explains a wrong or rejected password', async () => {
    const desktop = await site.visit();
    const email = await desktop.register();
    const phone = await site.visit();
    await phone.submitCredentials(email, 'Sign in', 'not the password');
    await phone.page.getByText('Incorrect email address or password.').waitFor();
    await phone.page.reload();
    await phone.heading('Sign in').waitFor();
    await phone.button('Create an account').click();
    await phone.submitCredentials(newEmail(), 'Create an account', 'password');
    await phone.page
      .locator('.error')
      .filter({ hasText: /password/i })
      .waitFor();
    await phone.submitCredentials(email, 'Create an account');
    await phone.page.getByText('An account with this email address already exists.').waitFor();
    expect(await desktop.devices.count()).toBe(1);
  });

  it('shows a sign-in elsewhere without a reload', async () => {
    const desktop = await site.visit(FIREFOX);
    const email = await desktop.register();
    await desktop.page.getByText('Updating live').waitFor();
    const signedInAt = performance.now();
    await site.service.api.session(email, { device_name: 'Kitchen tablet' });
    await desktop.device('Kitchen tablet').waitFor();
    expect(performance.now() - signedInAt).toBeLessThan(IMMEDIATE_MS);
    await desktop.page.getByRole('status').filter({ hasText: 'New sign-in' }).waitFor();
  });

  it('signs out a device, whose open page shows the reason', async () => {
    const { desktop, phone } = await twoDevices();
    await desktop
      .device('iPhone')
      .getByRole('button', { name: /^Sign out/ })
      .click();
    expect(await desktop.dialog.textContent()).toContain('iPhone');
    const signedOut = phone.waitForSignOut('This device was signed out from your list of devices.');
    const confirmedAt = performance.now();
    await desktop.dialog.getByRole('button', { name: 'Sign out' }).click();
    const tookMs = (await signedOut) - confirmedAt;
    process.stderr.write(`a device was signed out of its open page in ${Math.round(tookMs)} ms\n`);
    expect(tookMs).toBeLessThan(IMMEDIATE_MS);
    await desktop.device('iPhone').waitFor({ state: 'detached' });
    expect(await desktop.devices.count()).toBe(1);
    // It stays signed out.
    await phone.page.reload();
    await phone.heading('Sign in').waitFor();
  });

  it('signs out all other devices, but not this one', async () => {
    const { email, desktop, phone } = await twoDevices();
    const { access_token } = await site.service.api.session(email, { device_name: 'Kitchen tablet' });
    await desktop.device('Kitchen tablet').waitFor();
    await desktop.button('Sign out all other devices').click();
    const named = await desktop.dialog.textContent();
    expect(named).toContain('Kitchen tablet');
    expect(named).toContain('iPhone');
    expect(named).not.toContain('Firefox');
    await desktop.dialog.getByRole('button', { name: 'Sign out 2 devices' }).click();
    await phone.waitForSignOut(/signed out from your list/);
    await desktop.page.getByText('only on this device').waitFor();
    expect((await site.service.api.me(access_token)).status).toBe(401);
  });

  it('signs out everywhere, this device included', async () => {
    const { desktop, phone } = await twoDevices();
    await phone.button('Sign out everywhere').click();
    expect(await phone.dialog.textContent()).toMatch(
      /Firefox[\s\S]*You’ll need to sign in again on this device/,
    );
    await phone.dialog.getByRole('button', { name: 'Sign out everywhere' }).click();
    await Promise.all([
      phone.waitForSignOut('You’re signed out everywhere.'),
      desktop.waitForSignOut(/signed out from your list/),
    ]);
  });

  it('signs out one session of a device, but not the other', async () => {
    const desktop = await site.visit(FIREFOX);
    const email = await desktop.register();
    const { device_token, access_token } = await site.service.api.session(email, {
      device_name: 'Kitchen tablet',
    });
    await site.service.api.session(email, { device_token });
    const tablet = await desktop.openDetails('Kitchen tablet');
    await tablet.getByText('2 sessions').waitFor();
    await tablet.getByRole('button', { name: /^Sign out session 2/ }).click();
    await desktop.dialog.getByRole('button', { name: 'Sign out' }).click();
    await tablet.getByText('1 session').waitFor();
    expect((await site.service.api.me(access_token)).status).toBe(401);
  });

  it('renames a device on every open page', async () => {
    const { desktop, phone } = await twoDevices();
    const details = await desktop.openDetails('iPhone');
    await details.getByRole('button', { name: /^Rename/ }).click();
    await desktop.page.getByLabel('Device name').fill('Ada’s phone');
    await desktop.button('Save').click();
    await Promise.all([desktop.device('Ada’s phone').waitFor(), phone.device('Ada’s phone').waitFor()]);
    await desktop.page.getByRole('status').filter({ hasText: 'Renamed' }).waitFor();
  });

  it('does nothing when the dialog is cancelled', async () => {
    const { desktop } = await twoDevices();
    for (const cancel of [
      () => desktop.page.keyboard.press('Escape'),
      () => desktop.dialog.getByText('Cancel').click(),
    ]) {
      await desktop.button('Sign out all other devices').click();
      await desktop.dialog.waitFor();
      await cancel();
      await desktop.dialog.waitFor({ state: 'detached' });
    }
    await desktop.page.reload();
    await desktop.device('iPhone').waitFor();
    expect(desktop.requests.filter((request) => request.startsWith('DELETE'))).toEqual([]);
  });

  it('sends one request even if the button is clicked repeatedly', async () => {
    const { desktop, phone } = await twoDevices();
    await desktop
      .device('iPhone')
      .getByRole('button', { name: /^Sign out/ })
      .click();
    await desktop.dialog.getByRole('button', { name: 'Sign out' }).click({ clickCount: 3 });
    await phone.waitForSignOut(/signed out/);
    expect(desktop.requests.filter((request) => request.startsWith('DELETE'))).toHaveLength(1);
  });

  it('hides tokens from scripts, and sends requests only to the service', async () => {
    const desktop = await site.visit(FIREFOX);
    await desktop.register();
    const cookies = await desktop.context.cookies();
    expect(cookies.map(({ name, httpOnly }) => [name, httpOnly]).sort()).toEqual([
      ['latchkey_access', true],
      ['latchkey_device', true],
      // The page sets it as well.
      ['latchkey_language', false],
      ['latchkey_refresh', true],
    ]);
    expect(
      await desktop.page.evaluate('[document.cookie, localStorage.length, sessionStorage.length]'),
    ).toEqual(['latchkey_language=en', 0, 0]);
    expect(desktop.requests.filter((request) => !/^[A-Z]+ \//.test(request))).toEqual([]);
  });
});
