import type { Browser } from 'playwright-core';
import { launchChromium } from '../support/chromium.js';
import { Deployment } from '../support/deployment.js';
import { describeInChromium } from '../support/describe-in-chromium.js';
import type { ServiceProcess } from '../support/service-process.js';
import { Visitor } from '../support/visitor.js';

describeInChromium('a browser that a gateway has sent to the sign-in page', () => {
  let chromium: Browser;
  let deployment: Deployment;
  let service: ServiceProcess;
  let visitor: Visitor;
  let email: string;

  beforeAll(async () => {
    deployment = await Deployment.create({ LATCHKEY_ISSUER: 'http://localhost:3000' });
    service = await deployment.start();
    chromium = await launchChromium();
    visitor = await Visitor.open(chromium, service.url);
    email = await visitor.register();
  }, 120_000);
  afterAll(async () => {
    expect(visitor?.pageErrors).toEqual([]);
    await visitor?.close();
    await chromium?.close();
    await deployment?.close();
  });

  const open = (target: string) => visitor.page.goto(`/account?return_to=${encodeURIComponent(target)}`);
  const url = () => visitor.page.url().slice(service.url.length);

  it('returns to the requested page at once if it is signed in', async () => {
    await open('/.well-known/jwks.json?from=page');
    await visitor.page.waitForURL('**/jwks.json?from=page');
  });

  it('stays if the gateway sends it back at once', async () => {
    await open('/.well-known/jwks.json?from=page');
    await visitor.heading('Your devices').waitFor();
  });

  it.each([
    '//evil.example/',
    '/\\evil.example/',
    'https://evil.example/',
    'javascript:alert(1)',
    '/account',
    'http://[',
  ])('does not leave for %j', async (target) => {
    await open(target);
    await visitor.heading('Your devices').waitFor();
    expect(url()).toMatch(/^\/account\?return_to=/);
  });

  it('returns after the sign-in', async () => {
    await visitor.context.clearCookies();
    await open('/.well-known/jwks.json?from=sign-in');
    await visitor.submitCredentials(email, 'Sign in');
    await visitor.page.waitForURL('**/jwks.json?from=sign-in');
  });
});
