import type { Browser, BrowserContextOptions } from 'playwright-core';
import { newEmail } from '../support/api.js';
import { chromiumProgram, launchChromium } from '../support/chromium.js';
import { Deployment } from '../support/deployment.js';
import type { ServiceProcess } from '../support/service-process.js';
import { EMULATION, Visitor } from '../support/visitor.js';

const program = chromiumProgram();
const describeInChromium = program ? describe : describe.skip;

/** What somebody who watches calls at once, and what a busy machine adds to it. */
const AT_ONCE_MS = 5_000;
const FIREFOX = {
  userAgent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:141.0) Gecko/20100101 Firefox/141.0',
};
const IPHONE = {
  userAgent:
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1',
};

describeInChromium('the page of devices', () => {
  let chromium: Browser;
  let deployment: Deployment;
  let service: ServiceProcess;
  const visitors: Visitor[] = [];

  beforeAll(async () => {
    deployment = await Deployment.create({
      LATCHKEY_ISSUER: 'http://localhost:3000',
      LOGIN_ATTEMPTS_PER_ADDRESS: '1000',
      ...EMULATION,
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
  });

  const arrive = async (options?: BrowserContextOptions) => {
    const visitor = await Visitor.arrive(chromium, service.url, options);
    visitors.push(visitor);
    return visitor;
  };
  /** One person on a computer with Firefox, and on a phone. */
  const twoDevices = async () => {
    const desk = await arrive(FIREFOX);
    const email = await desk.register();
    const phone = await arrive(IPHONE);
    await phone.signIn(email);
    await desk.card('iOS').waitFor();
    return { email, desk, phone };
  };

  it('lets somebody register, see this device, sign out and in again', async () => {
    const desk = await arrive(FIREFOX);
    const email = await desk.register();
    expect(await desk.card('This device').textContent()).toMatch(/Firefox on Windows[\s\S]*Active now/);
    expect(await desk.page.getByText('You are signed in only on this device').count()).toBe(1);
    await desk.page.getByRole('banner').getByRole('button', { name: 'Sign out' }).click();
    await desk.thrownOut('You signed out.');
    expect(await desk.page.getByLabel('Email address').inputValue()).toBe(email);
    await desk.signIn(email);
    expect(await desk.cards.count()).toBe(1);
  });

  it('says what is wrong with a password, and lets nobody in', async () => {
    const desk = await arrive();
    const email = await desk.register();
    const phone = await arrive();
    await phone.enter(email, 'Sign in', 'not the password');
    await phone.page.getByText('The email address or the password is wrong.').waitFor();
    await phone.page.reload();
    await phone.heading('Sign in').waitFor();
    await phone.button('Create an account').click();
    await phone.enter(newEmail(), 'Create an account', 'password');
    await phone.page
      .locator('.error')
      .filter({ hasText: /password/i })
      .waitFor();
    await phone.enter(email, 'Create an account');
    await phone.page.getByText('There is an account with this address already.').waitFor();
    expect(await desk.cards.count()).toBe(1);
  });

  it('shows a sign-in elsewhere while one watches', async () => {
    const desk = await arrive(FIREFOX);
    const email = await desk.register();
    await desk.page.getByText('This list is live').waitFor();
    const signedInAt = performance.now();
    await service.api.session(email, { device_name: 'Kitchen tablet' });
    await desk.card('Kitchen tablet').waitFor();
    expect(performance.now() - signedInAt).toBeLessThan(AT_ONCE_MS);
    await desk.page.getByRole('status').filter({ hasText: 'New sign-in' }).waitFor();
  });

  it('throws a device out while its owner watches, and tells it why', async () => {
    const { desk, phone } = await twoDevices();
    await desk
      .card('iOS')
      .getByRole('button', { name: /^Sign out/ })
      .click();
    expect(await desk.dialog.textContent()).toContain('iOS');
    const thrownOut = phone.thrownOut('This device was signed out from your list of devices.');
    const confirmedAt = performance.now();
    await desk.dialog.getByRole('button', { name: 'Sign out' }).click();
    const tookMs = (await thrownOut) - confirmedAt;
    process.stderr.write(`a device was thrown out of its page in ${Math.round(tookMs)} ms\n`);
    expect(tookMs).toBeLessThan(AT_ONCE_MS);
    await desk.card('iOS').waitFor({ state: 'detached' });
    expect(await desk.cards.count()).toBe(1);
    // And it stays out.
    await phone.page.reload();
    await phone.heading('Sign in').waitFor();
  });

  it('signs all others out, and leaves this one in', async () => {
    const { email, desk, phone } = await twoDevices();
    const { access_token } = await service.api.session(email, { device_name: 'Kitchen tablet' });
    await desk.card('Kitchen tablet').waitFor();
    await desk.button('Sign out all other devices').click();
    const named = await desk.dialog.textContent();
    expect(named).toContain('Kitchen tablet');
    expect(named).toContain('iOS');
    expect(named).not.toContain('Firefox');
    await desk.dialog.getByRole('button', { name: 'Sign out 2 devices' }).click();
    await phone.thrownOut(/signed out from your list/);
    await desk.page.getByText('only on this device').waitFor();
    expect((await service.api.me(access_token)).status).toBe(401);
  });

  it('signs everything out, this one too', async () => {
    const { desk, phone } = await twoDevices();
    await phone.button('Sign out everywhere').click();
    expect(await phone.dialog.textContent()).toMatch(/Firefox[\s\S]*You will have to sign in again here/);
    await phone.dialog.getByRole('button', { name: 'Sign out everywhere' }).click();
    await Promise.all([
      phone.thrownOut('You signed out everywhere.'),
      desk.thrownOut(/signed out from your list/),
    ]);
  });

  it('ends one session of a device, and leaves its other one', async () => {
    const desk = await arrive(FIREFOX);
    const email = await desk.register();
    const { device_token, access_token } = await service.api.session(email, {
      device_name: 'Kitchen tablet',
    });
    await service.api.session(email, { device_token });
    const tablet = desk.card('Kitchen tablet');
    await tablet.getByText('2 sessions').click();
    await tablet.getByRole('button', { name: /^End session 2/ }).click();
    await desk.dialog.getByRole('button', { name: 'End session' }).click();
    await tablet.getByText('1 session').waitFor();
    expect((await service.api.me(access_token)).status).toBe(401);
  });

  it('renames a device, on every page that shows it', async () => {
    const { desk, phone } = await twoDevices();
    await desk
      .card('iOS')
      .getByRole('button', { name: /^Rename/ })
      .click();
    await desk.page.getByLabel('Name').fill('Ada’s phone');
    await desk.button('Save').click();
    await Promise.all([desk.card('Ada’s phone').waitFor(), phone.card('Ada’s phone').waitFor()]);
    await desk.page.getByRole('status').filter({ hasText: 'Renamed' }).waitFor();
  });

  it('does nothing when the question is answered with no', async () => {
    const { desk } = await twoDevices();
    for (const no of [
      () => desk.page.keyboard.press('Escape'),
      () => desk.dialog.getByText('Cancel').click(),
    ]) {
      await desk.button('Sign out all other devices').click();
      await desk.dialog.waitFor();
      await no();
      await desk.dialog.waitFor({ state: 'detached' });
    }
    await desk.page.reload();
    await desk.card('iOS').waitFor();
    expect(desk.requests.filter((request) => request.startsWith('DELETE'))).toEqual([]);
  });

  it('asks once, however often a button is pressed', async () => {
    const { desk, phone } = await twoDevices();
    await desk
      .card('iOS')
      .getByRole('button', { name: /^Sign out/ })
      .click();
    await desk.dialog.getByRole('button', { name: 'Sign out' }).click({ clickCount: 3 });
    await phone.thrownOut(/signed out/);
    expect(desk.requests.filter((request) => request.startsWith('DELETE'))).toHaveLength(1);
  });

  it('lets no script of the page see a token, and asks nobody but the service', async () => {
    const desk = await arrive(FIREFOX);
    await desk.register();
    const cookies = await desk.context.cookies();
    expect(cookies.map(({ name, httpOnly }) => [name, httpOnly]).sort()).toEqual([
      ['latchkey_access', true],
      ['latchkey_device', true],
      ['latchkey_refresh', true],
    ]);
    expect(await desk.page.evaluate('[document.cookie, localStorage.length, sessionStorage.length]')).toEqual(
      ['', 0, 0],
    );
    expect(desk.requests.filter((request) => !/^[A-Z]+ \//.test(request))).toEqual([]);
  });
});
