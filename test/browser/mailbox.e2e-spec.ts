import type { Browser } from 'playwright-core';
import { newEmail, PASSWORD } from '../support/api.js';
import { launchChromium } from '../support/chromium.js';
import { Deployment } from '../support/deployment.js';
import { describeInChromium } from '../support/describe-in-chromium.js';
import { freePort } from '../support/free-port.js';
import { sendRaw } from '../support/raw-http.js';
import type { ServiceProcess } from '../support/service-process.js';
import { waitUntil } from '../support/wait-until.js';

describeInChromium('the mailbox of development', () => {
  let chromium: Browser;
  let deployment: Deployment;
  let service: ServiceProcess;
  let port: number;
  let origin: string;

  beforeAll(async () => {
    port = await freePort();
    origin = `http://localhost:${port}`;
    // Only a port, as in `PORT=4000 npm start`: an empty variable counts as not set.
    deployment = await Deployment.create({ PORT: String(port), LATCHKEY_ISSUER: '' });
    service = await deployment.start();
    chromium = await launchChromium();
  });
  afterAll(async () => {
    await chromium?.close();
    await deployment?.close();
  });

  const list = async () => (await fetch(`${service.url}/dev/mails`)).text();
  const statusFor = async (host: string) =>
    (await sendRaw(port, `GET /dev/mails HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)).status;

  it('lists the mails, and shows both parts with links that work on the port of the service', async () => {
    const email = newEmail();
    await service.api.register(email, PASSWORD);
    await waitUntil('the mail is written', async () => (await list()).includes(email));

    const page = await chromium.newPage();
    await page.goto(`${origin}/dev/mails`);
    await page
      .getByRole('row', { name: email })
      .getByRole('link', { name: 'Confirm your email address' })
      .click();
    await page.getByRole('heading', { name: 'Confirm your email address' }).waitFor();

    const inText = page.locator('pre').getByRole('link').first();
    expect(await inText.getAttribute('href')).toMatch(
      new RegExp(`^${origin}/account/confirm-email#token=lkm_`),
    );

    const opened = page.context().waitForEvent('page');
    await page.frameLocator('iframe').getByRole('link', { name: 'Confirm your email address' }).click();
    const confirmation = await opened;
    await confirmation.getByRole('heading', { name: /confirm/i }).waitFor();
    expect(new URL(confirmation.url()).pathname).toBe('/account/confirm-email');
  });

  it('runs no script of a mail, and shows it in no frame of another site', async () => {
    const id = /dev\/mails\/([0-9a-f-]+)/.exec(await list())?.[1];
    const { headers } = await fetch(`${service.url}/dev/mails/${id}/html`);
    expect(headers.get('content-security-policy')).toMatch(
      /^sandbox (?!.*allow-scripts).*default-src 'none';.*frame-ancestors 'self'$/,
    );
    expect(headers.get('x-frame-options')).toBe('SAMEORIGIN');
  });

  it('answers only this machine under a name of its own', async () => {
    expect(await statusFor(`localhost:${port}`)).toBe(200);
    expect(await statusFor(`127.0.0.1:${port}`)).toBe(200);
    expect(await statusFor('attacker.example')).toBe(404);
  });

  it.each(['nothing', '00000000-0000-7000-8000-000000000000', '..%2F..%2Fetc'])(
    'answers 404 for the mail %s',
    async (id) => {
      for (const path of [`/dev/mails/${id}`, `/dev/mails/${id}/html`]) {
        expect((await fetch(service.url + path)).status).toBe(404);
      }
    },
  );
});
