import type { Browser, BrowserContext, Page } from 'playwright-core';
import { PASSWORD } from '../support/api.js';
import { launchChromium } from '../support/chromium.js';
import { describeInChromium } from '../support/describe-in-chromium.js';
import { ExampleProcess } from '../support/example-process.js';
import { GuardedService } from '../support/guarded-service.js';

const TIMEOUT_MS = 60_000;

/** The page in one tab. */
class Tab {
  private constructor(readonly page: Page) {}

  static async open(context: BrowserContext): Promise<Tab> {
    const tab = new Tab(await context.newPage());
    await tab.page.goto('/');
    return tab;
  }

  async signIn(email: string): Promise<void> {
    await this.page.getByLabel('Email').fill(email);
    await this.page.getByLabel('Password').fill(PASSWORD);
    await this.button('Sign in').click();
  }

  button(name: string) {
    return this.page.getByRole('button', { name });
  }

  isSignedIn(): Promise<void> {
    return this.button('Sign out').waitFor();
  }

  shows(text: string): Promise<void> {
    return this.page.getByText(text).waitFor();
  }
}

describeInChromium('the example for browsers', () => {
  let service: GuardedService;
  let example: ExampleProcess;
  let chromium: Browser;
  let context: BrowserContext;
  let requests: string[];

  beforeAll(async () => {
    [service, chromium] = await Promise.all([
      GuardedService.start({ TRUST_PROXY: '127.0.0.1,::1' }),
      launchChromium(),
    ]);
    example = await ExampleProcess.start('examples/browser/server.js', service.clientEnv);
  }, 240_000);
  afterAll(async () => {
    await chromium?.close();
    await example?.stop();
    await service?.stop();
  });
  beforeEach(async () => {
    requests = [];
    context = await chromium.newContext({ baseURL: example.url });
    context.setDefaultTimeout(TIMEOUT_MS);
    context.on('request', (request) =>
      requests.push(`${request.method()} ${new URL(request.url()).pathname}`),
    );
  });
  afterEach(() => context?.close());

  const newcomer = () => service.api.newcomer();

  async function twoTabs(email: string): Promise<readonly [Tab, Tab]> {
    const tabs = [await Tab.open(context), await Tab.open(context)] as const;
    await tabs[1].shows('Sign in to see your orders.');
    await tabs[0].signIn(email);
    await Promise.all(tabs.map((tab) => tab.isSignedIn()));
    return tabs;
  }

  it('signs in all tabs, and shows a new order in each', async () => {
    const [one, other] = await twoTabs((await newcomer()).email);
    await one.button('New order').click();
    await Promise.all([one.shows('Order 1'), other.shows('Order 1')]);
  });

  it('shows in all tabs that the device was signed out from another one', async () => {
    const elsewhere = await newcomer();
    const tabs = await twoTabs(elsewhere.email);
    requests.length = 0;
    const { status } = await service.api.end(elsewhere.access_token, '/devices?except=current');
    expect(status).toBe(204);
    await Promise.all(tabs.map((tab) => tab.shows('This device was signed out from another one.')));
    expect(requests).not.toContain('POST /auth/refresh');
  });

  it('signs all tabs out', async () => {
    const tabs = await twoTabs((await newcomer()).email);
    await tabs[0].button('Sign out').click();
    await Promise.all(tabs.map((tab) => tab.shows('You have signed out.')));
  });

  it('renews an expired token once for all tabs', async () => {
    const tabs = await twoTabs((await newcomer()).email);
    await tabs[0].button('New order').click();
    await Promise.all(tabs.map((tab) => tab.shows('Order 1')));
    requests.length = 0;
    await context.addCookies([{ name: 'latchkey_access', value: '', url: example.url, expires: 1 }]);
    await Promise.all(tabs.map(({ page }) => page.reload()));
    await Promise.all(tabs.map((tab) => tab.shows('Order 1')));
    expect(requests.filter((request) => request === 'POST /auth/refresh')).toHaveLength(1);
  });

  it('shows why the session ended when the token is renewed', async () => {
    const elsewhere = await newcomer();
    const [tab] = await twoTabs(elsewhere.email);
    await tab.page.goto('about:blank');
    await service.api.end(elsewhere.access_token, '/devices?except=current');
    await tab.page.goto(example.url);
    await tab.shows('This device was signed out from another one.');
  });

  it("serves the service's own page for devices", async () => {
    const [tab] = await twoTabs((await newcomer()).email);
    await tab.page.getByRole('link', { name: 'Your devices' }).click();
    await tab.shows('This device');
  });

  it('accepts the cookie only from its own pages', async () => {
    await twoTabs((await newcomer()).email);
    const cookie = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
    const statusOf = async (site: string) =>
      (await fetch(`${example.url}/api/orders`, { headers: { cookie, 'sec-fetch-site': site } })).status;
    expect(await statusOf('same-origin')).toBe(200);
    expect(await statusOf('same-site')).toBe(401);
    expect(await statusOf('cross-site')).toBe(401);
  });
});
