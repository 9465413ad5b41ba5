import type { Browser } from 'playwright-core';
import { launchChromium } from '../support/chromium.js';
import { Deployment } from '../support/deployment.js';
import { describeInChromium } from '../support/describe-in-chromium.js';
import type { ServiceProcess } from '../support/service-process.js';
import { Visitor } from '../support/visitor.js';

/** Two more than the connections per host that a browser opens over HTTP/1.1. */
const TABS = 8;
const STREAM = 'GET /account/events';

describeInChromium(`${TABS} tabs with the page`, () => {
  let chromium: Browser;
  let deployment: Deployment;
  let service: ServiceProcess;
  let tabs: Visitor[];
  let email: string;

  beforeAll(async () => {
    deployment = await Deployment.create({ LATCHKEY_ISSUER: 'http://localhost:3000' });
    service = await deployment.start();
    chromium = await launchChromium();
  });
  beforeEach(async () => {
    const first = await Visitor.open(chromium, service.url);
    tabs = [first];
    email = await first.register();
    while (tabs.length < TABS) tabs.push(await first.newTab());
    await allLive();
  });
  afterEach(() => tabs[0]?.close());
  afterAll(async () => {
    await chromium?.close();
    await deployment?.close();
  });

  const allLive = () => Promise.all(tabs.map(({ page }) => page.getByText('Updating live').waitFor()));
  const streams = () => tabs.flatMap(({ requests }) => requests).filter((request) => request === STREAM);
  const reader = () => tabs.find(({ requests }) => requests.includes(STREAM)) as Visitor;

  it('share one stream, and each shows a change', async () => {
    expect(streams()).toHaveLength(1);
    await service.api.session(email, { device_name: 'Kitchen tablet' });
    await Promise.all(tabs.map((tab) => tab.device('Kitchen tablet').waitFor()));
    expect(streams()).toHaveLength(1);
  });

  it('stay live when the one that reads the stream is closed', async () => {
    const closed = reader();
    tabs = tabs.filter((tab) => tab !== closed);
    expect(streams()).toHaveLength(0);
    await closed.page.close();
    await service.api.session(email, { device_name: 'Kitchen tablet' });
    await Promise.all(tabs.map((tab) => tab.device('Kitchen tablet').waitFor()));
    await allLive();
    expect(streams()).toHaveLength(1);
  });

  it('all leave when their session is revoked, with the reason', async () => {
    const other = await service.api.session(email);
    await service.api.terminate(other.access_token, '/devices?except=current');
    await Promise.all(tabs.map((tab) => tab.heading('Sign in').waitFor()));
  });
});
