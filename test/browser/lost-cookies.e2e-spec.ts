import type { Browser, BrowserContextOptions } from 'playwright-core';
import { newEmail, PASSWORD } from '../support/api.js';
import { launchChromium } from '../support/chromium.js';
import { Deployment } from '../support/deployment.js';
import { describeInChromium } from '../support/describe-in-chromium.js';
import { freePort } from '../support/free-port.js';
import type { ServiceProcess } from '../support/service-process.js';
import { Visitor } from '../support/visitor.js';

const HOST = 'id.test';
const EXPLANATION = 'Your browser isn’t keeping this site’s cookies';

describeInChromium('the service, in a browser that does not keep its cookies,', () => {
  let chromium: Browser;
  let deployment: Deployment;
  let service: ServiceProcess;
  let origin: string;
  const visitors: Visitor[] = [];

  beforeAll(async () => {
    const port = await freePort();
    origin = `http://${HOST}:${port}`;
    deployment = await Deployment.create({ PORT: String(port), LATCHKEY_ISSUER: origin });
    service = await deployment.start();
    chromium = await launchChromium([`--host-resolver-rules=MAP ${HOST} 127.0.0.1`]);
  });
  afterEach(() => Promise.all(visitors.splice(0).map((visitor) => visitor.close())));
  afterAll(async () => {
    await chromium?.close();
    await deployment?.close();
  });

  const open = async (url: string, options?: BrowserContextOptions) => {
    const visitor = await Visitor.open(chromium, url, options);
    visitors.push(visitor);
    return visitor;
  };
  const registered = async () => {
    const email = newEmail();
    expect((await service.api.register(email)).status).toBe(201);
    return email;
  };
  const devicesOf = async (email: string) => {
    const [row] = await deployment.sql(
      'SELECT count(*)::integer AS devices FROM devices d JOIN users u ON u.id = d.user_id WHERE u.email = $1',
      [email],
    );
    return row?.devices;
  };

  it('explains this over plain HTTP on a network name, and registers no device', async () => {
    const email = await registered();
    const visitor = await open(origin);
    await visitor.submitCredentials(email, 'Sign in');
    await visitor.page.getByRole('alert').filter({ hasText: EXPLANATION }).waitFor();
    expect(visitor.requests).not.toContain('POST /auth/login');
    expect(await devicesOf(email)).toBe(0);
  });

  it('explains this by the code of the answer', async () => {
    const email = await registered();
    const visitor = await open(origin);
    const answer = await visitor.page.evaluate(
      ([email, password]) =>
        fetch('/auth/login', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ email, password, token_delivery: 'cookie' }),
        }).then((response) => response.json()),
      [email, PASSWORD],
    );
    expect(answer).toMatchObject({ code: 'cookies_not_kept', detail: expect.stringContaining('https://') });
    expect(await devicesOf(email)).toBe(0);
  });

  it('explains this if the browser blocks cookies', async () => {
    const email = await registered();
    const visitor = await open(service.url);
    const devTools = await visitor.context.newCDPSession(visitor.page);
    await devTools.send('Emulation.setDocumentCookieDisabled', { disabled: true });
    await visitor.submitCredentials(email, 'Sign in');
    await visitor.page.getByRole('alert').filter({ hasText: EXPLANATION }).waitFor();
    expect(await devicesOf(email)).toBe(0);
  });

  it('explains this if a proxy removes the cookies', async () => {
    const email = await registered();
    const visitor = await open(service.url);
    await visitor.page.route('**/auth/login', async (route) => {
      const body = JSON.stringify({ expires_in: 900, session_id: '', device_id: '' });
      await route.fulfill({ status: 200, contentType: 'application/json', body });
    });
    await visitor.submitCredentials(email, 'Sign in');
    await visitor.page.getByRole('alert').filter({ hasText: EXPLANATION }).waitFor();
  });
});
