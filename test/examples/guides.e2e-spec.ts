import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { newEmail, PASSWORD, type Tokens } from '../support/api.js';
import { type RunningApp, startApp } from '../support/app.js';
import { launchChromium } from '../support/chromium.js';
import { describeInChromium } from '../support/describe-in-chromium.js';
import { expireAccessCookie } from '../support/expire-access-cookie.js';
import { runShell } from '../support/run-program.js';
import { DocumentedPrograms } from './documented-programs.js';

describe('the requests in docs/guides/mobile-apps.md', () => {
  const programs = new DocumentedPrograms('docs/guides/mobile-apps.md');
  let service: RunningApp;

  beforeAll(async () => {
    service = await startApp();
  });
  afterAll(async () => {
    programs.remove();
    await service?.close();
  });

  it('log in, refresh with the same token after a lost answer, and sign out', async () => {
    await service.api.register('ada@example.org', PASSWORD);
    const [login = '', refresh = '', logout = ''] = programs.text('requests.sh').split('\n\n');
    const run = async (request: string, refreshToken = '') => {
      const { code, stdout } = await runShell(request, { API: service.url, REFRESH_TOKEN: refreshToken });
      expect(code).toBe(0);
      return stdout;
    };
    const tokens: Tokens = JSON.parse(await run(login));
    expect(tokens).toMatchObject({ token_type: 'Bearer', expires_in: 900 });
    const refreshed: Tokens = JSON.parse(await run(refresh, tokens.refresh_token));
    const repeated: Tokens = JSON.parse(await run(refresh, tokens.refresh_token));
    expect(repeated.refresh_token).toBe(refreshed.refresh_token);
    expect((await service.api.me(repeated.access_token)).status).toBe(200);
    expect(await run(logout, repeated.refresh_token)).toBe('');
    expect((await service.api.me(repeated.access_token)).status).toBe(401);
    const refused = JSON.parse(await run(refresh, repeated.refresh_token));
    expect(refused).toMatchObject({ status: 401, code: 'invalid_grant', reason: 'logout' });
  });
});

describeInChromium('the scripts in docs/guides/single-page-apps.md', () => {
  const programs = new DocumentedPrograms('docs/guides/single-page-apps.md');
  let app: Server;
  let service: RunningApp;
  let chromium: Browser;
  let page: Page;

  beforeAll(async () => {
    app = createServer((_, answer) =>
      answer.setHeader('content-type', 'text/html').end('<title>App</title>'),
    );
    app.listen(0, '127.0.0.1');
    await once(app, 'listening');
    [service, chromium] = await Promise.all([startApp({ CORS_ORIGINS: appOrigin() }), launchChromium()]);
  });
  afterAll(async () => {
    programs.remove();
    await chromium?.close();
    await service?.close();
    app?.close();
  });
  beforeEach(async () => {
    // The page of the service allows no scripts but its own.
    page = await (await chromium.newContext({ bypassCSP: true })).newPage();
  });
  afterEach(() => page?.context().close());

  /** Another site than the service, which is reached by its address. */
  const appOrigin = () => `http://localhost:${(app.address() as AddressInfo).port}`;

  const newcomer = async () => {
    const email = newEmail();
    await service.api.register(email, PASSWORD);
    return email;
  };

  it('renew the cookies on a page of the same origin', async () => {
    await page.goto(`${service.url}/account`);
    await page.addScriptTag({ content: programs.text('same-origin.js') });
    const credentials = { email: await newcomer(), password: PASSWORD, token_delivery: 'cookie' };
    await page.evaluate(async (body) => {
      const headers = { 'content-type': 'application/json' };
      await fetch('/auth/login', { method: 'POST', headers, body: JSON.stringify(body) });
    }, credentials);
    await expireAccessCookie(page.context());
    expect(await page.evaluate("call('/auth/me').then(({ status }) => status)")).toBe(200);
    await page.context().clearCookies();
    expect(await page.evaluate("call('/auth/me').then(({ status }) => status)")).toBe(401);
  });

  it('log in and refresh on a page of another site', async () => {
    await page.goto(appOrigin());
    const script = programs.text('another-site.js').replace('https://id.example.com', service.url);
    await page.addScriptTag({ content: script });
    await page.evaluate(`login(${JSON.stringify(await newcomer())}, ${JSON.stringify(PASSWORD)})`);
    const first = (await page.evaluate('accessToken')) as string;
    await page.evaluate('Promise.all([refresh(), refresh()])');
    const second = (await page.evaluate('accessToken')) as string;
    expect(second).not.toBe(first);
    expect((await service.api.me(second)).status).toBe(200);
    const end = "localStorage.setItem('refresh_token', 'nonsense'), refresh().catch(({ code }) => code)";
    expect(await page.evaluate(end)).toBe('invalid_grant');
  });
});
