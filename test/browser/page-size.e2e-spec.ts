import type { Browser } from 'playwright-core';
import { LANGUAGE_TAGS } from '../../src/languages/languages.js';
import { launchChromium } from '../support/chromium.js';
import { Deployment } from '../support/deployment.js';
import { describeInChromium } from '../support/describe-in-chromium.js';

const MAX_BYTES = 25_000;
/** Browsers that load the page without TLS do not accept Brotli. */
const MAX_GZIP_BYTES = 27_500;

const PAGES = LANGUAGE_TAGS.flatMap((tag) =>
  ['/account', '/account/disown'].map((path) => [path, tag] as const),
);

describeInChromium('the scripts of the account page', () => {
  let chromium: Browser;
  let deployment: Deployment;
  let url: string;

  beforeAll(async () => {
    deployment = await Deployment.create({ LATCHKEY_ISSUER: 'http://localhost:3000' });
    const service = await deployment.start();
    // Chromium accepts Brotli on this host, and otherwise over HTTPS only.
    url = service.url.replace('127.0.0.1', 'localhost');
    chromium = await launchChromium();
  });
  afterAll(async () => {
    await chromium?.close();
    await deployment?.close();
  });

  it.each(PAGES)('for %s in %s are transferred in less than 25 kB', async (path, locale) => {
    const context = await chromium.newContext({ baseURL: url, locale });
    const page = await context.newPage();
    const loaded = page.waitForResponse(/\.js$/);
    await page.goto(path);
    const script = await loaded;
    expect(script.url()).toContain(`-${locale}-`);
    expect(script.headers()['content-encoding']).toBe('br');
    await script.finished();
    const { responseBodySize } = await script.request().sizes();
    process.stderr.write(`the script of ${path} in ${locale} was transferred in ${responseBodySize} bytes\n`);
    expect(responseBodySize).toBeGreaterThan(5_000);
    expect(responseBodySize).toBeLessThan(MAX_BYTES);
    const gzip = await fetch(script.url(), { method: 'HEAD', headers: { 'accept-encoding': 'gzip' } });
    expect(Number(gzip.headers.get('content-length'))).toBeLessThan(MAX_GZIP_BYTES);
    await context.close();
  });
});
