import type { BrowserContext, Route } from 'playwright-core';
import type { LatchkeyClient } from '../../packages/client/src/create-client.js';
import { newEmail, PASSWORD } from '../support/api.js';
import { describeInChromium } from '../support/describe-in-chromium.js';
import { expireAccessCookie } from '../support/expire-access-cookie.js';
import { ClientBrowser, type Mode, type PageGlobals, Tab } from './client-browser.js';

declare const client: LatchkeyClient;
declare const renderReact: PageGlobals['renderReact'];

const REFRESH = 'POST /auth/refresh';
const DAY_MS = 86_400_000;

describeInChromium('a page with the client', () => {
  let browser: ClientBrowser;
  let context: BrowserContext;
  let tab: Tab;
  let email: string;

  beforeAll(async () => {
    browser = await ClientBrowser.start();
  }, 240_000);
  afterAll(() => browser?.close());
  beforeEach(async () => {
    email = newEmail();
    await browser.service.api.register(email);
  });
  afterEach(() => context?.close());

  async function open(mode: Mode, clockMs = 0): Promise<void> {
    context = await browser.newContext(mode);
    await context.addInitScript((offsetMs) => {
      const now = Date.now;
      Date.now = () => now() + offsetMs;
    }, clockMs);
    tab = await Tab.open(context, mode);
  }

  const signOutElsewhere = async () => {
    const { access_token } = await browser.service.api.session(email);
    await browser.service.api.terminate(access_token, '/devices?except=current');
  };
  const unavailable = (route: Route) =>
    route.fulfill({
      status: 503,
      headers: { 'retry-after': '3' },
      contentType: 'application/problem+json',
      body: '{"code":"service_unavailable","status":503}',
    });

  it('stays signed in while the service answers 503 or cannot be reached', async () => {
    await open('cookie');
    await tab.logIn(email, PASSWORD);
    // Until then, opening the stream may refresh, too.
    await tab.isLive();
    await expireAccessCookie(context);
    await context.route('**/auth/refresh', unavailable);
    expect(await tab.me()).toBe('Unreachable');
    await context.unroute('**/auth/refresh');
    await context.setOffline(true);
    expect(await tab.me()).toBe('TypeError');
    expect(await tab.run(() => client.refresh().catch((error: Error) => error.name))).toBe('Unreachable');
    expect(await tab.run(() => client.devices.list().catch((error: Error) => error.name))).toBe(
      'Unreachable',
    );
    expect(await tab.run(() => client.logout().catch((error: Error) => error.name))).toBe('Unreachable');
    await context.setOffline(false);
    expect(await tab.run(() => client.state)).toBe('signed_in');
    expect(await tab.me()).toBe(200);
    expect(await tab.reported()).not.toContainEqual(expect.stringContaining('ended'));
  });

  it.each([3 * DAY_MS, -3 * DAY_MS])('does not mind a clock that is wrong by %i ms', async (offsetMs) => {
    await open('bearer', offsetMs);
    await tab.logIn(email, PASSWORD);
    expect(await tab.me()).toBe(200);
    await tab.load();
    expect(await tab.me()).toBe(200);
    expect(tab.count(REFRESH)).toBe(0);
  });

  it('refreshes when the clock is corrected, and stays signed in', async () => {
    await open('bearer', 3 * DAY_MS);
    await tab.logIn(email, PASSWORD);
    await context.addInitScript((offsetMs) => {
      const now = Date.now;
      Date.now = () => now() - offsetMs;
    }, 3 * DAY_MS);
    await tab.load();
    expect(await tab.me()).toBe(200);
    expect(await tab.me()).toBe(200);
    expect(tab.count(REFRESH)).toBe(1);
  });

  it('reports why a session ended while the page was closed', async () => {
    await open('cookie');
    await tab.logIn(email, PASSWORD);
    await tab.page.goto('about:blank');
    await signOutElsewhere();
    await tab.load();
    expect(await tab.run(() => client.me())).toBeNull();
    expect(await tab.reported()).toEqual(['ended: terminated']);
  });

  it('reports no end to a visitor who was never signed in', async () => {
    await open('cookie');
    expect(await tab.run(() => client.me())).toBeNull();
    expect(await tab.reported()).toEqual([]);
    expect(await tab.run(() => client.state)).toBe('signed_out');
  });

  it('sends tokens to no other server', async () => {
    await open('bearer');
    await tab.logIn(email, PASSWORD);
    const refusal = tab.run(() =>
      client.fetch('https://elsewhere.example/x').catch((error: Error) => error.name),
    );
    expect(await refusal).toBe('TypeError');
    expect(tab.requests).not.toContain('GET /x');
  });

  it('works in React, in strict mode', async () => {
    await open('cookie');
    await tab.logIn(email, PASSWORD);
    await tab.load();
    await tab.run(() => renderReact());
    await tab.page.getByText(`${email} live:`).waitFor();
    await browser.service.api.session(email, { device_name: 'Kitchen tablet' });
    await tab.page.getByText('Kitchen tablet').waitFor();
    await signOutElsewhere();
    await tab.page.getByText('Signed out: terminated').waitFor();
    await tab.logIn(email, PASSWORD);
    await tab.page.getByText(`${email} live:`).waitFor();
  });

  it('shows the devices in a custom element, in both directions, and signs one out', async () => {
    await open('cookie');
    await tab.logIn(email, PASSWORD);
    await tab.run(() => {
      const list = document.createElement('latchkey-devices');
      document.body.append(Object.assign(list, { client }));
    });
    const { page } = tab;
    await page.getByText('This device').waitFor();
    await page.getByText('Updating live', { exact: true }).waitFor();
    const { access_token } = await browser.service.api.session(email, { device_name: 'Kitchen <b>tablet' });
    await page.getByText('Kitchen <b>tablet').waitFor();
    // Not that of the newest login.
    expect(await page.locator('latchkey-devices li').first().textContent()).toContain('This device');
    const boxes = async () => ({
      name: await page.locator('latchkey-devices li strong').first().boundingBox(),
      button: await page.locator('latchkey-devices li button').first().boundingBox(),
    });
    const before = await boxes();
    expect(before.name?.x).toBeLessThan(before.button?.x ?? Number.NaN);
    await tab.run(() => {
      document.documentElement.dir = 'rtl';
    });
    const mirrored = await boxes();
    expect(mirrored.name?.x).toBeGreaterThan(mirrored.button?.x ?? Number.NaN);
    await page.getByRole('button', { name: 'Sign out Kitchen <b>tablet' }).click();
    await page.getByText('Kitchen <b>tablet').waitFor({ state: 'detached' });
    expect((await browser.service.api.me(access_token)).status).toBe(401);
    await page.getByRole('button', { name: /^Sign out/ }).click();
    await page.getByText('You are signed out.').waitFor();
    expect(await tab.reported()).toContain('ended: terminated');
  });
});
