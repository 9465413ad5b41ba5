import type { Browser, Page } from 'puppeteer-core';
import { newEmail, PASSWORD } from '../support/api.js';
import { Deployment } from '../support/deployment.js';
import { launchFirefox } from '../support/firefox.js';

const TIMEOUT_MS = 60_000;

/** The main flows, once. What differs between states of the page is tested in Chromium. */
describe('the account page in Firefox', () => {
  let deployment: Deployment | undefined;
  let firefox: Browser | null = null;

  beforeAll(async () => {
    firefox = await launchFirefox();
    if (firefox) deployment = await Deployment.create({ LATCHKEY_ISSUER: 'http://localhost:3000' });
  });
  afterAll(async () => {
    await firefox?.close();
    await deployment?.close();
  });

  const open = async (browser: Browser, url: string): Promise<Page> => {
    const context = await browser.createBrowserContext();
    // A tab behind another one is hidden, and the page pauses in it.
    const page = await context.newPage({ type: 'window' });
    page.setDefaultTimeout(TIMEOUT_MS);
    await page.goto(`${url}/account`);
    return page;
  };
  const press = (page: Page, name: string, within = '') =>
    page.locator(`${within} ::-p-aria([name="${name}"][role="button"])`).click();
  const submit = async (page: Page, email: string, action: string) => {
    await page.locator('input[type=email]').fill(email);
    await page.locator('input[type=password]').fill(PASSWORD);
    await press(page, action, 'form');
  };
  const waitForText = (page: Page, text: string) => page.locator(`::-p-text(${text})`).wait();
  const waitForDevices = (page: Page, count: number) =>
    page.waitForFunction(`document.querySelectorAll('[data-device]').length === ${count}`);

  it('signs in, shows a sign-in elsewhere at once, signs it out, and says why there', async () => {
    if (!firefox || !deployment) return;
    const { url } = await deployment.start();
    const email = newEmail();

    const here = await open(firefox, url);
    await press(here, 'Create an account');
    await submit(here, email, 'Create an account');
    await waitForDevices(here, 1);
    await waitForText(here, 'Updating live');

    const there = await open(firefox, url);
    await submit(there, email, 'Sign in');
    await waitForDevices(there, 2);
    await waitForDevices(here, 2);
    await waitForText(here, 'Was this you?');
    await waitForText(there, 'Updating live');

    await press(here, 'Sign out all other devices');
    await press(here, 'Sign out 1 device', 'dialog');
    await waitForDevices(here, 1);
    await there.waitForSelector('input[type=password]');
    await waitForText(there, 'signed out');
    expect(await there.$$('[data-device]')).toHaveLength(0);
  });
});
