import { writeFileSync } from 'node:fs';
import { describeInChromium } from '../support/describe-in-chromium.js';
import { setUpPage } from '../support/page-set-up.js';
import { screenshotFolder } from '../support/screenshots.js';

/** A phone at the edge of its network. */
const SLOW_LINE = { offline: false, latency: 2_000, downloadThroughput: 50_000, uploadThroughput: 50_000 };

/** As Lighthouse names them, in milliseconds since the start of the navigation. */
const READ_FIGURES = `({
  firstContentfulPaint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime,
  interactive: performance.now(),
  transferredBytes: performance.getEntriesByType('resource').concat(performance.getEntriesByType('navigation'))
    .reduce((sum, entry) => sum + entry.transferSize, 0),
})`;

describeInChromium('the page on a slow line', () => {
  const page = setUpPage();

  it('shows content before its script has arrived', async () => {
    const visitor = await page.visit();
    let deliver: () => void = () => {};
    const isNeeded = new Promise<void>((resolve) => {
      deliver = resolve;
    });
    await visitor.page.route('**/*.js', async (route) => {
      await isNeeded;
      await route.continue();
    });
    await visitor.page.goto('/account', { waitUntil: 'commit' });
    await visitor.page.getByText('Loading…').waitFor();
    expect(await visitor.heading('Sign in').count()).toBe(0);
    deliver();
    await visitor.heading('Sign in').waitFor();
  });

  it('loads, and the figures are kept for comparison', async () => {
    const context = await page.chromium.newContext();
    page.cleanUp(() => context.close());
    const tab = await context.newPage();
    const cdp = await context.newCDPSession(tab);
    // Timing entries of the page ignore the emulated latency.
    const at = { request: 0, response: 0 };
    cdp.on('Network.requestWillBeSent', ({ type, timestamp }) => {
      if (type === 'Document') at.request = timestamp;
    });
    cdp.on('Network.responseReceived', ({ type, timestamp }) => {
      if (type === 'Document') at.response = timestamp;
    });
    await cdp.send('Network.enable');
    await cdp.send('Network.emulateNetworkConditions', SLOW_LINE);
    await tab.goto(`${page.service.url}/account`, { waitUntil: 'commit' });
    await tab.getByRole('heading', { name: 'Sign in' }).waitFor({ timeout: 100_000 });
    const read = (await tab.evaluate(READ_FIGURES)) as Record<string, number>;
    const figures = { firstByte: (at.response - at.request) * 1000, ...read };
    expect(Object.values(figures).every((figure) => figure > 0)).toBe(true);
    writeFileSync(`${screenshotFolder()}page-on-slow-line.json`, JSON.stringify(figures, null, 2));
  });
});
