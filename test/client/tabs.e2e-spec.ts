import type { BrowserContext } from 'playwright-core';
import { newEmail, PASSWORD } from '../support/api.js';
import { describeInChromium } from '../support/describe-in-chromium.js';
import { expireAccessCookie } from '../support/expire-access-cookie.js';
import { waitUntil } from '../support/wait-until.js';
import { ClientBrowser, type Mode, Tab } from './client-browser.js';

/** Two more than the connections per host that a browser opens over HTTP/1.1. */
const TABS = 8;
const STREAM = 'GET /account/events';
const REFRESH = 'POST /auth/refresh';

describeInChromium('tabs with the client', () => {
  let browser: ClientBrowser;
  let context: BrowserContext;
  let tabs: Tab[];
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

  async function openTabs(mode: Mode, count: number): Promise<void> {
    context = await browser.newContext(mode);
    const first = await Tab.open(context, mode);
    tabs = [first];
    await first.logIn(email, PASSWORD);
    while (tabs.length < count) {
      const tab = await Tab.open(context, mode);
      await tab.run(async () => void (await client.me()));
      tabs.push(tab);
    }
    await Promise.all(tabs.map((tab) => tab.isLive()));
  }

  async function expireToken(tab = tabs[0]): Promise<void> {
    if (tab?.mode === 'cookie') await expireAccessCookie(context);
    await tab?.run(() => {
      const stored = JSON.parse(localStorage.getItem('latchkey') ?? 'null');
      if (stored) stored.tokens.access_token = 'expired';
      if (stored) localStorage.setItem('latchkey', JSON.stringify(stored));
    });
  }

  const count = (request: string) => tabs.reduce((sum, tab) => sum + tab.count(request), 0);
  const leader = () => tabs.find((tab) => tab.count(STREAM) > 0) as Tab;
  const follower = () => tabs.find((tab) => tab.count(STREAM) === 0) as Tab;

  it.each(['cookie', 'bearer'] as const)('refresh once and share one stream (%s)', async (mode) => {
    await openTabs(mode, TABS);
    // Web Locks exist only in secure contexts.
    expect(await tabs[0]?.run(() => 'locks' in navigator)).toBe(mode === 'cookie');
    expect(count(STREAM)).toBe(1);
    await expireToken();
    expect(await Promise.all(tabs.map((tab) => tab.me()))).toEqual(Array(TABS).fill(200));
    expect(count(REFRESH)).toBe(1);
    const other = await browser.service.api.session(email);
    await browser.service.api.terminate(other.access_token, '/devices?except=current');
    await Promise.all(tabs.map((tab) => tab.reports('ended: terminated')));
    expect(await Promise.all(tabs.map((tab) => tab.me()))).toEqual(Array(TABS).fill('SessionEnded'));
    expect(count(STREAM)).toBe(1);
    for (const reported of await Promise.all(tabs.map((tab) => tab.reported())))
      expect(reported.filter((text) => text.startsWith('ended'))).toEqual(['ended: terminated']);
  });

  it.each(['cookie', 'bearer'] as const)('replace a leader that is suspended (%s)', async (mode) => {
    await openTabs(mode, 2);
    const [suspended, other] = [leader(), follower()];
    await suspended.suspend();
    await expireToken(other);
    expect(await other.me()).toBe(200);
    expect([suspended.count(REFRESH), other.count(REFRESH)]).toEqual([0, 1]);
    await other.isLive();
    await suspended.resume();
    await suspended.isLive();
    expect([await suspended.me(), await other.me()]).toEqual([200, 200]);
    expect(suspended.count(STREAM)).toBe(1);
    await browser.service.api.session(email);
    await Promise.all(tabs.map((tab) => tab.reports('account')));
  });

  it.each(['cookie', 'bearer'] as const)(
    'stay signed in when a tab is killed in mid-refresh (%s)',
    async (mode) => {
      await openTabs(mode, 2);
      const [killed, other] = [leader(), follower()];
      // The service answers, and the answer is lost.
      const answered = new Promise<void>((resolve) => {
        void killed.page.route('**/auth/refresh', async (route) => {
          await route.fetch({ url: route.request().url().replace('id.lan.test', '127.0.0.1') });
          resolve();
        });
      });
      await expireToken();
      const result = other.me();
      await answered;
      await killed.page.close();
      tabs = [other];
      expect(await result).toBe(200);
      await other.isLive();
      expect(await other.reported()).not.toContainEqual(expect.stringContaining('ended'));
    },
  );

  it('leave the stream to a visible tab, and read again when the user returns to a hidden one', async () => {
    await openTabs('cookie', 2);
    const [hidden, other] = [leader(), follower()];
    const hide = (isHidden: boolean) =>
      hidden.run((isHidden) => {
        Object.defineProperty(document, 'hidden', { configurable: true, get: () => isHidden });
        document.dispatchEvent(new Event('visibilitychange'));
      }, isHidden);
    await hide(true);
    expect(await hidden.run(() => client.live)).toBe('closed');
    await waitUntil('the visible tab reads the stream', () => other.count(STREAM) === 1);
    await other.isLive();
    await hidden.run(() => void reported.splice(0));
    await hide(false);
    await hidden.reports('account');
    await hidden.isLive();
    expect([hidden.count(STREAM), other.count(STREAM)]).toEqual([1, 1]);
  });

  it.each(['cookie', 'bearer'] as const)(
    'stay signed in when one changes the password (%s)',
    async (mode) => {
      await openTabs(mode, 2);
      const elsewhere = await browser.service.api.session(email);
      const change = { current: PASSWORD, next: 'a lonely wizard hums' };
      expect(await follower().run((change) => client.changePassword(change), change)).toBe('enforced');
      expect(await Promise.all(tabs.map((tab) => tab.me()))).toEqual([200, 200]);
      expect((await browser.service.api.me(elsewhere.access_token)).status).toBe(401);
      await browser.service.api.session(email, { password: change.next });
      await Promise.all(tabs.map((tab) => tab.isLive()));
      for (const tab of tabs)
        expect(await tab.reported()).not.toContainEqual(expect.stringContaining('ended'));
    },
  );

  it('use the session of a tab that logs in', async () => {
    await openTabs('cookie', 2);
    await tabs[0]?.run(() => client.logout());
    await Promise.all(tabs.map((tab) => tab.reports('ended: logout')));
    await tabs[1]?.logIn(email, PASSWORD);
    await waitUntil('the first tab is signed in', () => tabs[0]?.run(() => client.state === 'signed_in'));
    expect(await tabs[0]?.me()).toBe(200);
    await tabs[0]?.logIn(email, PASSWORD);
    expect(await Promise.all(tabs.map((tab) => tab.me()))).toEqual([200, 200]);
    await Promise.all(tabs.map((tab) => tab.isLive()));
    for (const tab of tabs) expect(await tab.reported()).not.toContain('ended: replaced');
  });
});

declare const reported: string[];
declare const client: import('../../packages/client/src/create-client.js').LatchkeyClient;
