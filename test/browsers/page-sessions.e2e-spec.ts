import type { Browser } from 'playwright-core';
import { chromiumProgram, launchChromium } from '../support/chromium.js';
import { createTestDatabase } from '../support/database.js';
import { Deployment } from '../support/deployment.js';
import { serviceEnv } from '../support/service-env.js';
import { ServiceProcess } from '../support/service-process.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { Visitor } from '../support/visitor.js';

const program = chromiumProgram();
const describeInChromium = program ? describe : describe.skip;

const FIREFOX = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:141.0) Gecko/20100101 Firefox/141.0';
const ISSUER = { LATCHKEY_ISSUER: 'http://localhost:3000' };

describeInChromium('the page of devices and its session', () => {
  let chromium: Browser;
  const visitors: Visitor[] = [];
  const cleanups: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    chromium = await launchChromium(program ?? '');
  });
  afterEach(async () => {
    await Promise.all(visitors.splice(0).map((visitor) => visitor.leave()));
    for (const clean of cleanups.splice(0).reverse()) await clean();
  });
  afterAll(() => chromium?.close());

  const arrive = async (service: ServiceProcess) => {
    const visitor = await Visitor.arrive(chromium, service.url);
    visitors.push(visitor);
    return visitor;
  };
  const deploy = async (env: Record<string, string> = {}) => {
    const deployment = await Deployment.create({ ...ISSUER, ...env });
    cleanups.push(() => deployment.close());
    return { deployment, service: await deployment.start() };
  };
  // As a browser forgets it: `clearCookies` takes all of them away for a moment, in which another tab may ask.
  const forgetAccess = ({ context, page }: Visitor) =>
    context.addCookies([{ name: 'latchkey_access', value: '', url: page.url(), expires: 1 }]);

  it('goes on when its access token has run out, in all tabs, and ends for whoever stole a former refresh token', async () => {
    const { service } = await deploy();
    const owner = await arrive(service);
    await owner.register();
    const stolen = (await owner.context.cookies()).filter(({ name }) => name === 'latchkey_refresh');

    const tab = await owner.tab();
    await tab.card('This device').waitFor();
    await forgetAccess(owner);
    await Promise.all([owner.page.reload(), tab.page.reload()]);
    await Promise.all([owner.card('This device').waitFor(), tab.card('This device').waitFor()]);
    await forgetAccess(owner);
    await owner.page.reload();
    await owner.card('This device').waitFor();

    const thief = await arrive(service);
    await thief.context.addCookies(stolen);
    const toldOwner = [owner, tab].map((it) =>
      it.thrownOut(/a copy of this device’s sign-in was used somewhere else/),
    );
    await thief.page.reload();
    await thief.heading('Sign in').waitFor();
    await Promise.all(toldOwner);
  });

  it('tells why it ended, though the answer to another tab has taken its cookies', async () => {
    const { service } = await deploy();
    const owner = await arrive(service);
    const email = await owner.register();
    await owner.page.getByText('This list is live').waitFor();
    const { access_token: token } = await service.api.session(email);
    await owner.cards.nth(1).waitFor();
    await owner.context.clearCookies();
    const told = owner.thrownOut('This device was signed out from your list of devices.');
    expect((await service.api.call('DELETE', '/devices?except=current', { token })).status).toBe(204);
    await told;
  });

  it('signs nobody out because a database or the network is away', async () => {
    const database = await createTestDatabase();
    cleanups.push(() => database.drop());
    const { hostname, port } = new URL(database.url);
    const proxy = await TcpProxy.start({ host: hostname, port: Number(port) });
    cleanups.push(() => proxy.stop());
    const service = await ServiceProcess.start({ ...serviceEnv(proxy.through(database.url)), ...ISSUER });
    cleanups.push(() => service.stop());
    const desk = await arrive(service);
    await desk.register();

    await proxy.cut();
    await desk.button(/^Rename/).click();
    await desk.page.getByLabel('Name').fill('Desk');
    await desk.button('Save').click();
    await desk.card('That signs nobody out; please try again.').waitFor();
    await proxy.heal();
    await desk.button('Save').click();
    await desk.card('Desk').waitFor();

    await desk.context.setOffline(true);
    await desk.button(/^Rename/).click();
    await desk.page.getByLabel('Name').fill('Table');
    await desk.button('Save').click();
    await desk.card('Check your connection and try again.').waitFor();
    await desk.context.setOffline(false);
    await desk.button('Save').click();
    await desk.card('Table').waitFor();
  });

  it('keeps no session alive by lying open, whatever changes meanwhile', async () => {
    const { service } = await deploy({ SESSION_IDLE_TTL: '5s' });
    const desk = await arrive(service);
    const email = await desk.register();
    let isOut = false;
    const out = desk.thrownOut('away for too long').then(() => {
      isOut = true;
    });
    // Each is a change that the page reads; as uses of the session they would keep it for ever.
    let changes = 0;
    while (!isOut && changes < 40) {
      await service.api.session(email, { device_name: `Device ${changes++}` });
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    await out;
    expect(changes).toBeGreaterThan(3);
    expect(desk.requests.filter((request) => request === 'GET /devices').length).toBeGreaterThan(3);
  });

  it('leads to a new sign-in when its session may not go on without one', async () => {
    const { service, deployment } = await deploy({
      SUSPICION_ACTIONS: 'client_changed:require_reauthentication',
    });
    const desk = await arrive(service);
    const email = await desk.register();
    const cookies = await desk.context.cookies();
    const elsewhere = { cookie: cookies.map(({ name, value }) => `${name}=${value}`).join('; ') };
    const { body } = await service.api.call('GET', '/auth/me', {
      headers: { ...elsewhere, 'user-agent': FIREFOX, 'sec-fetch-site': 'same-origin' },
    });
    expect(body).toMatchObject({ code: 'insufficient_user_authentication' });
    await desk.thrownOut('This sign-in was used in an unusual way.');
    await desk.page.reload();
    await desk.heading('Sign in').waitFor();
    await desk.signIn(email);
    expect(await deployment.sql(`SELECT id FROM sessions WHERE status = 'active'`)).toHaveLength(1);
  });

  it('asks for the password again where a bank wants a recent login, and goes on', async () => {
    const { service, deployment } = await deploy({ LATCHKEY_POLICY: 'bank', REAUTHENTICATION_MAX_AGE: '5s' });
    const desk = await arrive(service);
    const email = await desk.register();
    await new Promise((resolve) => setTimeout(resolve, 5_500));
    await desk.button(/^Rename/).click();
    await desk.page.getByLabel('Name').fill('Counter');
    await desk.button('Save').click();
    await desk.dialog.getByLabel('Password').fill('not the password');
    await desk.dialog.getByRole('button', { name: 'Continue' }).click();
    await desk.dialog.getByText('The email address or the password is wrong.').waitFor();
    await desk.dialog.getByLabel('Password').fill('correct horse battery');
    await desk.dialog.getByRole('button', { name: 'Continue' }).click();
    await desk.card('Counter').waitFor();
    await desk.page.getByText('This list is live').waitFor();
    const active = await deployment.sql(`SELECT id FROM sessions WHERE status = 'active'`);
    expect(active).toHaveLength(1);

    const elsewhere = await arrive(service);
    await elsewhere.signIn(email);
    await desk.thrownOut('You were signed out because you signed in somewhere else.');
  });
});
