import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { launchChromium } from '../support/chromium.js';
import { createTestDatabase } from '../support/database.js';
import { Deployment } from '../support/deployment.js';
import { describeInChromium } from '../support/describe-in-chromium.js';
import { expireAccessCookie } from '../support/expire-access-cookie.js';
import { serviceEnv } from '../support/service-env.js';
import { ServiceProcess } from '../support/service-process.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { Visitor } from '../support/visitor.js';

const FIREFOX = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:141.0) Gecko/20100101 Firefox/141.0';
const ISSUER = { LATCHKEY_ISSUER: 'http://localhost:3000' };

describeInChromium('the session of the devices page', () => {
  let chromium: Browser;
  const visitors: Visitor[] = [];
  const cleanups: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    chromium = await launchChromium();
  });
  afterEach(async () => {
    await Promise.all(visitors.splice(0).map((visitor) => visitor.close()));
    for (const clean of cleanups.splice(0).reverse()) await clean();
  });
  afterAll(() => chromium?.close());

  const open = async (service: ServiceProcess) => {
    const visitor = await Visitor.open(chromium, service.url);
    visitors.push(visitor);
    return visitor;
  };
  const deploy = async (env: Record<string, string> = {}) => {
    const deployment = await Deployment.create({ ...ISSUER, ...env });
    cleanups.push(() => deployment.close());
    return { deployment, service: await deployment.start() };
  };

  it('survives an expired access token in all tabs, and ends when a stolen older refresh token is used', async () => {
    const { service } = await deploy();
    const owner = await open(service);
    const email = await owner.register();
    const stolen = (await owner.context.cookies()).filter(({ name }) => name === 'latchkey_refresh');

    const tab = await owner.newTab();
    await tab.device('This device').waitFor();
    await expireAccessCookie(owner.context);
    await Promise.all([owner.page.reload(), tab.page.reload()]);
    await Promise.all([owner.device('This device').waitFor(), tab.device('This device').waitFor()]);
    await expireAccessCookie(owner.context);
    await owner.page.reload();
    await owner.page.getByText('Updating live').waitFor();
    // The reason arrives by the stream, which the tab that has not been reloaded may have read for both and now lost: until
    // both show another change, its label proves nothing.
    await service.api.session(email, { device_name: 'Kitchen tablet' });
    const shown = (it: Visitor) =>
      it
        .device('Kitchen tablet')
        .waitFor()
        .then(() => 'shown')
        .catch(() => it.page.locator('body').ariaSnapshot());
    expect(await Promise.all([owner, tab].map(shown))).toEqual(['shown', 'shown']);

    const thief = await open(service);
    await thief.context.addCookies(stolen);
    const ownerNotices = [owner, tab].map((it) =>
      it.waitForSignOut(/a copy of this session was used somewhere else/),
    );
    await thief.page.reload();
    await thief.heading('Sign in').waitFor();
    await Promise.all(ownerNotices);
  });

  it('shows why it ended, even if the response to another tab cleared its cookies', async () => {
    const { service } = await deploy();
    const owner = await open(service);
    const email = await owner.register();
    await owner.page.getByText('Updating live').waitFor();
    const { access_token: token } = await service.api.session(email);
    await owner.devices.nth(1).waitFor();
    await owner.context.clearCookies();
    const signedOut = owner.waitForSignOut('This device was signed out from your list of devices.');
    expect((await service.api.call('DELETE', '/devices?except=current', { token })).status).toBe(204);
    await signedOut;
  });

  it('is that of another user once another page of the site has signed them in', async () => {
    const { service } = await deploy();
    const [owner, other] = [await open(service), await open(service)];
    const [email, otherEmail] = [await owner.register(), await other.register()];
    await owner.page.getByText('Updating live').waitFor();
    await owner.context.addCookies(await other.context.cookies());
    // The page reads the account again.
    await service.api.session(email);
    await owner.page.getByText(otherEmail).waitFor();
    await owner.page.getByText('Updating live').waitFor();
    expect(await owner.page.getByText(email).count()).toBe(0);
  });

  it('does not end when the database or the network is unavailable', async () => {
    const database = await createTestDatabase();
    cleanups.push(() => database.drop());
    const { hostname, port } = new URL(database.url);
    const proxy = await TcpProxy.start({ host: hostname, port: Number(port) });
    cleanups.push(() => proxy.stop());
    const service = await ServiceProcess.start({ ...serviceEnv(proxy.through(database.url)), ...ISSUER });
    cleanups.push(() => service.stop());
    const desktop = await open(service);
    await desktop.register();

    await desktop.openDetails('This device');
    await proxy.cut();
    await desktop.button(/^Rename/).click();
    await desktop.page.getByLabel('Device name').fill('Desk');
    await desktop.button('Save').click();
    await desktop.device('Your devices stay signed in.').waitFor();
    await proxy.heal();
    await desktop.button('Save').click();
    await desktop.device('Desk').waitFor();

    await desktop.context.setOffline(true);
    await desktop.button(/^Rename/).click();
    await desktop.page.getByLabel('Device name').fill('Table');
    await desktop.button('Save').click();
    await desktop.device('Check your connection and try again.').waitFor();
    await desktop.context.setOffline(false);
    await desktop.button('Save').click();
    await desktop.device('Table').waitFor();
  });

  it('expires on an idle page, even while the page reloads changes', async () => {
    const { service } = await deploy({ SESSION_IDLE_TTL: '5s' });
    const desktop = await open(service);
    const email = await desktop.register();
    let isSignedOut = false;
    const out = desktop.waitForSignOut('inactive for too long').then(() => {
      isSignedOut = true;
    });
    // The page loads each of these changes. If that counted as use, the session would never expire.
    let changes = 0;
    while (!isSignedOut && changes < 40) {
      await service.api.session(email, { device_name: `Device ${changes++}` });
      await sleep(500);
    }
    await out;
    expect(changes).toBeGreaterThan(3);
    expect(desktop.requests.filter((request) => request === 'GET /devices').length).toBeGreaterThan(3);
  });

  it('asks the user to sign in again when suspicious activity requires it', async () => {
    const { service, deployment } = await deploy({
      SUSPICION_ACTIONS: 'client_changed:require_reauthentication',
    });
    const desktop = await open(service);
    const email = await desktop.register();
    const cookies = await desktop.context.cookies();
    const elsewhere = { cookie: cookies.map(({ name, value }) => `${name}=${value}`).join('; ') };
    const { body } = await service.api.call('GET', '/auth/me', {
      headers: { ...elsewhere, 'user-agent': FIREFOX, 'sec-fetch-site': 'same-origin' },
    });
    expect(body).toMatchObject({ code: 'insufficient_user_authentication' });
    await desktop.waitForSignOut('We noticed unusual activity in this session.');
    await desktop.page.reload();
    await desktop.heading('Sign in').waitFor();
    await desktop.signIn(email);
    expect(await deployment.sql(`SELECT id FROM sessions WHERE status = 'active'`)).toHaveLength(1);
  });

  it('asks for the password again when the bank policy requires a recent login, then continues', async () => {
    const { service, deployment } = await deploy({ LATCHKEY_POLICY: 'bank', REAUTHENTICATION_MAX_AGE: '5s' });
    const desktop = await open(service);
    const email = await desktop.register();
    await sleep(5_500);
    await desktop.openDetails('This device');
    await desktop.button(/^Rename/).click();
    await desktop.page.getByLabel('Device name').fill('Counter');
    await desktop.button('Save').click();
    await desktop.dialog.getByLabel('Password').fill('not the password');
    await desktop.dialog.getByRole('button', { name: 'Continue' }).click();
    await desktop.dialog.getByText('Incorrect email address or password.').waitFor();
    await desktop.dialog.getByLabel('Password').fill('correct horse battery');
    await desktop.dialog.getByRole('button', { name: 'Continue' }).click();
    await desktop.device('Counter').waitFor();
    await desktop.page.getByText('Updating live').waitFor();
    const active = await deployment.sql(`SELECT id FROM sessions WHERE status = 'active'`);
    expect(active).toHaveLength(1);

    const elsewhere = await open(service);
    await elsewhere.signIn(email);
    await desktop.waitForSignOut('You were signed out because you signed in somewhere else.');
  });
});
