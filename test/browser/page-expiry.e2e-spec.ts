import axe from 'axe-core';
import type { Browser } from 'playwright-core';
import { launchChromium } from '../support/chromium.js';
import { Deployment } from '../support/deployment.js';
import { describeInChromium } from '../support/describe-in-chromium.js';
import { screenshotFolder } from '../support/screenshots.js';
import type { ServiceProcess } from '../support/service-process.js';
import { Visitor } from '../support/visitor.js';

const HOUR_MS = 3_600_000;
/** The warning begins a minute before the end. */
const NEAR_MS = 50_000;

describeInChromium('the page shortly before the session expires', () => {
  let chromium: Browser;
  let deployment: Deployment;
  let service: ServiceProcess;
  let visitor: Visitor;

  beforeAll(async () => {
    deployment = await Deployment.create({
      LATCHKEY_ISSUER: 'http://localhost:3000',
      LATCHKEY_POLICY: 'bank',
    });
    service = await deployment.start();
    chromium = await launchChromium();
  });
  afterEach(() => visitor?.close());
  afterAll(async () => {
    await chromium?.close();
    await deployment?.close();
  });

  /** A page to which the service seems to say that the session ends soon, until `pass` is called. */
  const nearExpiry = async (absoluteInMs: number) => {
    visitor = await Visitor.open(chromium, service.url, { bypassCSP: true, reducedMotion: 'reduce' });
    await visitor.register();
    const expires = Date.now() + NEAR_MS;
    const text = (at: number) => new Date(at).toISOString();
    await visitor.page.route('**/auth/me', async (route) => {
      const response = await route.fetch();
      if (response.status() !== 200) return route.fulfill({ response });
      const body = await response.json();
      Object.assign(body.session, {
        created_at: text(expires - 12 * HOUR_MS),
        last_seen_at: text(expires - 300_000),
        expires_at: text(expires),
        absolute_expires_at: text(expires + absoluteInMs),
      });
      return route.fulfill({ response, json: body });
    });
    await visitor.page.reload();
    await visitor.device('This device').waitFor();
    return () => visitor.page.unroute('**/auth/me');
  };
  const warning = () => visitor.page.getByRole('alertdialog');

  it('does not warn long before', async () => {
    visitor = await Visitor.open(chromium, service.url);
    await visitor.register();
    expect(await warning().count()).toBe(0);
  });

  it('warns, and a key press keeps the user signed in', async () => {
    const pass = await nearExpiry(HOUR_MS);
    await warning().filter({ hasText: 'Are you still there?' }).waitFor();
    expect(await warning().getByRole('timer').textContent()).toMatch(/^\d+ seconds?$/);
    const spoken = `document.querySelector('dialog').ariaDescribedByElements[0].textContent`;
    expect(await visitor.page.evaluate(spoken)).toMatch(/sign you out in \d+ second/);
    await visitor.button('Stay signed in').and(visitor.page.locator(':focus')).waitFor();
    await pass();
    const used = visitor.page.waitForRequest(
      (request) => request.url().endsWith('/auth/me') && !request.headers()['latchkey-passive'],
    );
    await visitor.page.keyboard.press('Enter');
    await used;
    await warning().waitFor({ state: 'detached' });
    await visitor.device('This device').waitFor();
  });

  it('stops warning when another tab has used the session', async () => {
    const pass = await nearExpiry(HOUR_MS);
    await warning().waitFor();
    await pass();
    await warning().waitFor({ state: 'detached' });
  });

  it('says when the session cannot be prolonged', async () => {
    await nearExpiry(0);
    await warning().filter({ hasText: 'You’ll need to sign in again' }).waitFor();
    await visitor.page.keyboard.press('Escape');
    await warning().waitFor({ state: 'detached' });
    expect(await visitor.heading('Your devices').count()).toBe(1);
  });

  it('passes axe with the warning, and fits a phone', async () => {
    await nearExpiry(HOUR_MS);
    await warning().waitFor();
    await visitor.page.setViewportSize({ width: 320, height: 640 });
    await visitor.page.evaluate(axe.source);
    for (const colorScheme of ['light', 'dark'] as const) {
      await visitor.page.emulateMedia({ colorScheme });
      await visitor.page.screenshot({ path: `${screenshotFolder()}expiry-warning-${colorScheme}.png` });
      const { violations } = (await visitor.page.evaluate('axe.run(document)')) as axe.AxeResults;
      expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
    }
    expect(await visitor.page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(320);
  });
});
