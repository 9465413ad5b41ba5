import type { Browser } from 'playwright-core';
import { newEmail } from '../support/api.js';
import { launchChromium } from '../support/chromium.js';
import { Deployment } from '../support/deployment.js';
import { describeInChromium } from '../support/describe-in-chromium.js';
import type { ServiceProcess } from '../support/service-process.js';
import { Visitor } from '../support/visitor.js';

const REFUSED = { status: 403, body: { code: 'mail_unavailable' } };

describeInChromium('the page of a service that sends no mail', () => {
  let chromium: Browser;
  let deployment: Deployment;
  let service: ServiceProcess;
  let visitor: Visitor;

  beforeAll(async () => {
    deployment = await Deployment.create({
      NODE_ENV: 'production',
      LATCHKEY_ISSUER: 'http://localhost:3000',
    });
    service = await deployment.start();
    chromium = await launchChromium();
    visitor = await Visitor.open(chromium, service.url);
  });
  afterAll(async () => {
    await visitor?.close();
    await chromium?.close();
    await deployment?.close();
  });

  it('offers no password reset to a visitor who signs in', async () => {
    await visitor.heading('Sign in').waitFor();
    expect(await visitor.link('Forgot your password?').count()).toBe(0);
  });

  it('does not ask a new user to confirm their address', async () => {
    await visitor.register();
    expect(await visitor.page.locator('main').textContent()).not.toMatch(/confirm|sent you|resend/i);
  });

  it('says on the page for a forgotten password that it cannot help', async () => {
    await visitor.page.goto('/account/forgot-password');
    await visitor.page.getByText('This service can’t send email').waitFor();
    expect(await visitor.page.getByLabel('Email address').count()).toBe(0);
  });

  it.each(['reset-password', 'disown', 'confirm-email'])(
    'offers no other mail for an old link to %s',
    async (page) => {
      await visitor.page.goto(`/account/${page}`);
      await visitor.heading('This link has expired or was already used').waitFor();
      expect(await visitor.page.locator('main').textContent()).not.toMatch(/reset your|request a new link/i);
    },
  );

  it('refuses requests for a mail, for known and unknown addresses alike', async () => {
    const { email, access_token: token } = await service.api.newcomer();
    for (const known of [email, newEmail()])
      expect(
        await service.api.call('POST', '/auth/password/forgot', { body: { email: known } }),
      ).toMatchObject(REFUSED);
    expect(await service.api.call('POST', '/auth/email/resend', { token })).toMatchObject(REFUSED);
  });

  it('is announced by one line at the start', () => {
    const lines = service.log.split('\n').filter((line) => line.includes('SMTP_URL'));
    expect(lines).toEqual([expect.stringContaining('mail is not sent')]);
  });
});
