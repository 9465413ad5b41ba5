import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createGzip } from 'node:zlib';
import type { Browser } from 'playwright-core';
import { launchChromium } from '../support/chromium.js';
import { Deployment } from '../support/deployment.js';
import { describeInChromium } from '../support/describe-in-chromium.js';
import type { ServiceProcess } from '../support/service-process.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { Visitor } from '../support/visitor.js';
import { waitUntil } from '../support/wait-until.js';

const LIVE = 'Updating live';
const CONNECTING = 'Connecting…';
const MINUTE_MS = 60_000;

/** Lets a test pass time by the page's monotonic clock, and hide the page. */
const CONTROLS = `{
  const now = performance.now.bind(performance);
  let skippedMs = 0;
  let isHidden = false;
  performance.now = () => now() + skippedMs;
  Object.defineProperty(document, 'hidden', { get: () => isHidden });
  window.skip = (ms) => { skippedMs += ms; };
  window.hide = (hidden) => {
    isHidden = hidden;
    document.dispatchEvent(new Event('visibilitychange'));
  };
}`;

describeInChromium('the list of devices', () => {
  let chromium: Browser;
  let deployment: Deployment;
  let service: ServiceProcess;
  const cleanups: (() => unknown)[] = [];

  beforeAll(async () => {
    deployment = await Deployment.create({ LATCHKEY_ISSUER: 'http://localhost:3000' });
    service = await deployment.start();
    chromium = await launchChromium();
  });
  afterEach(async () => {
    for (const clean of cleanups.splice(0).reverse()) await clean();
  });
  afterAll(async () => {
    await chromium?.close();
    await deployment?.close();
  });

  const open = async (url = service.url) => {
    const visitor = await Visitor.open(chromium, url);
    cleanups.push(() => visitor.close());
    await visitor.context.addInitScript(CONTROLS);
    await visitor.page.reload();
    return { visitor, email: await visitor.register() };
  };
  const live = async (url?: string) => {
    const opened = await open(url);
    await opened.visitor.page.getByText(LIVE).waitFor();
    // The first read, which renews an expired access token, ends with these.
    await opened.visitor.heading('Recent security activity').waitFor();
    return opened;
  };
  const skip = ({ page }: Visitor, ms: number) => page.evaluate(`skip(${ms})`);
  const hide = ({ page }: Visitor, isHidden: boolean) => page.evaluate(`hide(${isHidden})`);
  /** The user has been away for twenty minutes, and the access token has expired. */
  const awayFor20Minutes = async (visitor: Visitor) => {
    const { context, page } = visitor;
    // Before the token expires: a read in between would renew it for a user who is still active.
    await skip(visitor, 19 * MINUTE_MS);
    await context.addCookies([{ name: 'latchkey_access', value: '', url: page.url(), expires: 1 }]);
    // An untouched page asks once a minute whether its token is valid.
    await skip(visitor, MINUTE_MS);
  };

  it('is paused when a change cannot be read with an expired token, and continues when the user moves', async () => {
    const { visitor, email } = await live();
    await awayFor20Minutes(visitor);
    await service.api.session(email, { device_name: 'Kitchen tablet' });
    await visitor.page.getByText('Paused while you’re away').waitFor();
    expect(await visitor.page.locator('.live-on').count()).toBe(0);
    await visitor.page.mouse.move(200, 200);
    await visitor.page.mouse.move(210, 220);
    await visitor.device('Kitchen tablet').waitFor();
    await visitor.page.getByText(LIVE).waitFor();
  });

  it('is paused when the token has expired, even if nothing changes and the stream cannot be opened again', async () => {
    const { visitor } = await live();
    await visitor.page.route('**/account/events', (route) => route.abort());
    await awayFor20Minutes(visitor);
    await visitor.page.getByText('Paused while you’re away').waitFor();
    await visitor.page.unroute('**/account/events');
    await visitor.page.mouse.move(200, 200);
    await visitor.page.mouse.move(210, 220);
    await visitor.page.getByText(LIVE).waitFor();
  });

  it('stays paused when the page itself moves the focus', async () => {
    const { visitor } = await live();
    await awayFor20Minutes(visitor);
    await visitor.page.getByText('Paused while you’re away').waitFor();
    visitor.requests.length = 0;
    await visitor.button('Sign out').first().focus();
    await sleep(500);
    expect(visitor.requests).not.toContain('POST /auth/refresh');
    await visitor.page.evaluate(`dispatchEvent(new Event('focus'))`);
    await visitor.page.getByText(LIVE).waitFor();
  });

  it('is read again without renewing the token if it changed during the first read', async () => {
    const { visitor } = await live();
    const { page, requests } = visitor;
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    await page.route('**/security-events?*', async (route) => {
      const response = await route.fetch();
      await released;
      await route.fulfill({ response });
    });
    await page.reload();
    // The open stream counts as a change, which the first read may have missed.
    await page.getByText(LIVE).waitFor();
    await awayFor20Minutes(visitor);
    await page.getByText('Paused while you’re away').waitFor();
    requests.length = 0;
    release();
    await waitUntil('the list is read again', () => requests.includes('GET /devices'));
    await sleep(500);
    expect(requests).not.toContain('POST /auth/refresh');
  });

  it('is read again when the user returns to its tab, without a click', async () => {
    const { visitor, email } = await live();
    await hide(visitor, true);
    await visitor.page.getByText(CONNECTING).waitFor();
    await awayFor20Minutes(visitor);
    await service.api.session(email, { device_name: 'Kitchen tablet' });
    await hide(visitor, false);
    await visitor.device('Kitchen tablet').waitFor();
    await visitor.page.getByText(LIVE).waitFor();
  });

  it('is not called live when the network swallows its events', async () => {
    const proxy = await TcpProxy.start({ port: Number(new URL(service.url).port) });
    cleanups.push(() => proxy.stop());
    const { visitor } = await live(`http://127.0.0.1:${proxy.port}`);
    proxy.hang();
    await skip(visitor, 30_000);
    await visitor.page.getByText(CONNECTING).waitFor();
    await proxy.heal();
    await visitor.page.getByText(LIVE).waitFor();
  });

  it('is not called live while the browser is offline', async () => {
    const { visitor } = await live();
    await visitor.context.setOffline(true);
    await visitor.page.getByText('You’re offline').waitFor();
    await visitor.context.setOffline(false);
    await visitor.page.getByText(LIVE).waitFor();
  });

  it('is not called live after a read that failed, and is read again when the user returns', async () => {
    const { visitor, email } = await live();
    await visitor.page.route('**/devices', (route) => route.abort());
    await service.api.session(email, { device_name: 'Kitchen tablet' });
    await visitor.page.getByText(CONNECTING).waitFor();
    await visitor.page.unroute('**/devices');
    await visitor.page.evaluate(`dispatchEvent(new Event('focus'))`);
    await visitor.device('Kitchen tablet').waitFor();
    await visitor.page.getByText(LIVE).waitFor();
  });

  it('is live in each tab of a browser that has neither Web Locks nor BroadcastChannel', async () => {
    const visitor = await Visitor.open(chromium, service.url);
    cleanups.push(() => visitor.close());
    await visitor.context.addInitScript(`{
      delete window.BroadcastChannel;
      Object.defineProperty(navigator, 'locks', { value: undefined });
    }`);
    await visitor.page.reload();
    const email = await visitor.register();
    const tabs = [visitor, await visitor.newTab()];
    await Promise.all(tabs.map(({ page }) => page.getByText(LIVE).waitFor()));
    await service.api.session(email, { device_name: 'Kitchen tablet' });
    await Promise.all(tabs.map((tab) => tab.device('Kitchen tablet').waitFor()));
    await visitor.context.addCookies([
      { name: 'latchkey_access', value: '', url: visitor.page.url(), expires: 1 },
    ]);
    await Promise.all(tabs.map(({ page }) => page.reload()));
    await Promise.all(tabs.map(({ page }) => page.getByText(LIVE).waitFor()));
  });

  it('is not called live behind a proxy that compresses events and so holds them back', async () => {
    const proxy = compressingProxy(service.url);
    cleanups.push(() => proxy.server.close() && proxy.server.closeAllConnections());
    const { visitor } = await open(await proxy.listen());
    await waitUntil('the stream to be open', () => proxy.streams() > 0);
    await sleep(500);
    expect(await visitor.page.getByText(CONNECTING).count()).toBe(1);
  });
});

function compressingProxy(target: string) {
  let streams = 0;
  const server: Server = createServer((asked, reply) => {
    const { method, headers, url } = asked;
    const passed = request(new URL(url ?? '', target), { method, headers }, (answer) => {
      const isStream = answer.headers['content-type'] === 'text/event-stream';
      if (!isStream) return answer.pipe(reply.writeHead(answer.statusCode ?? 502, answer.headers));
      streams += 1;
      reply.writeHead(200, { ...answer.headers, 'content-encoding': 'gzip' }).flushHeaders();
      return answer.pipe(createGzip()).pipe(reply);
    });
    passed.on('error', () => reply.destroy());
    reply.on('close', () => passed.destroy());
    asked.pipe(passed);
  });
  const listen = () =>
    new Promise<string>((resolve) => {
      server.listen(0, '127.0.0.1', () =>
        resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
      );
    });
  return { server, listen, streams: () => streams };
}
