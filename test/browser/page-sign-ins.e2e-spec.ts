import { Api, type Tokens } from '../support/api.js';
import { axeViolations } from '../support/axe-violations.js';
import { clientHeaders } from '../support/clients.js';
import { describeInChromium } from '../support/describe-in-chromium.js';
import { setUpPage } from '../support/page-set-up.js';
import { screenshotFolder } from '../support/screenshots.js';
import type { Visitor } from '../support/visitor.js';

const PHONE_HINTS = {
  'sec-ch-ua-platform': '"Android"',
  'sec-ch-ua-platform-version': '"15.0.0"',
  'sec-ch-ua-model': '"Pixel 8"',
};

describeInChromium('the question about a sign-in from a new device', () => {
  const page = setUpPage({ TRUST_PROXY: 'true' });

  const signInOnPhone = (email: string): Promise<Tokens> =>
    new Api(page.service.url, { ...clientHeaders('chromeOnAndroid', 'tokyo'), ...PHONE_HINTS }).session(
      email,
    );
  const question = (visitor: Visitor) => visitor.page.locator('[data-question]');
  const statusOf = async ({ access_token }: Tokens) =>
    (await new Api(page.service.url, clientHeaders('chromeOnAndroid', 'tokyo')).me(access_token)).status;

  it('appears live, and "It was me" ends it in every tab', async () => {
    const visitor = await page.visit();
    const email = await visitor.register();
    const tab = await visitor.newTab();
    await tab.page.getByText('Updating live').waitFor();
    await visitor.page.getByText('Updating live').waitFor();
    const phone = await signInOnPhone(email);
    for (const { page: opened } of [visitor, tab]) {
      await opened.getByRole('heading', { name: 'Was this you?' }).waitFor();
      await opened
        .locator('[data-question]')
        .filter({ hasText: /Chrome on Pixel 8.*Chrome 140 on Pixel 8 \(Android 15\)/ })
        .waitFor();
    }
    await visitor.button('It was me on Chrome on Pixel 8').click();
    await visitor.page.getByText('Thanks for confirming.').waitFor();
    for (const opened of [visitor, tab]) await question(opened).waitFor({ state: 'detached' });
    await tab.page.getByText('You confirmed that a sign-in was you: Chrome on Pixel 8').waitFor();
    await visitor.page.reload();
    await visitor.device('Chrome on Pixel 8').waitFor();
    expect(await question(visitor).count()).toBe(0);
    expect(await statusOf(phone)).toBe(200);
  });

  it('ends the session at once on "This wasn’t me", and leads to a new password', async () => {
    const visitor = await page.visit();
    const phone = await signInOnPhone(await visitor.register());
    await visitor.button('This wasn’t me on Chrome on Pixel 8').click();
    await visitor.dialog.getByText('so choose a new one now').waitFor();
    expect(await statusOf(phone)).toBe(401);
    await visitor.dialog.getByLabel('Current password').fill('correct horse battery');
    await visitor.dialog.getByLabel('New password').fill('another horse battery');
    await visitor.dialog.getByRole('button', { name: 'Change password' }).click();
    await visitor.page.getByText('Password changed.').waitFor();
    await question(visitor).waitFor({ state: 'detached' });
    expect(await visitor.devices.count()).toBe(1);
  });

  it('is not put to the device itself, and a device that is new can only say that it was somebody else', async () => {
    const owner = await page.visit();
    const email = await owner.register();
    await signInOnPhone(email);
    const other = await page.visit();
    await other.signIn(email);
    await question(other).waitFor();
    expect(await question(other).count()).toBe(1);
    expect(await other.button(/^It was me/).count()).toBe(0);
    expect(await other.button(/^This wasn’t me/).count()).toBe(1);
    await owner.page.getByRole('heading', { name: 'Were these you?' }).waitFor();
    expect(await question(owner).count()).toBe(2);
  });

  it('shows the newest three of many, and the others on request', async () => {
    const visitor = await page.visit();
    const email = await visitor.register();
    for (let count = 0; count < 5; count++) await signInOnPhone(email);
    await visitor.page.reload();
    await question(visitor).nth(2).waitFor();
    expect(await question(visitor).count()).toBe(3);
    const questions = visitor.page.getByRole('region', { name: 'Were these you?' });
    await questions.getByRole('button', { name: /^Show more/ }).click();
    await question(visitor).nth(4).waitFor();
    const isFocused = `document.querySelectorAll('[data-question]')[3] === document.activeElement`;
    expect(await visitor.page.evaluate(isFocused)).toBe(true);
    expect(await questions.getByRole('button', { name: /^Show more/ }).count()).toBe(0);
  });

  it('is accessible in both colour schemes, and on a phone', async () => {
    const visitor = await page.visit({ viewport: { width: 320, height: 700 } });
    await signInOnPhone(await visitor.register());
    await question(visitor).waitFor();
    expect(await axeViolations(visitor.page)).toEqual([]);
    expect(await visitor.page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(320);
    await visitor.page.screenshot({ path: `${screenshotFolder()}sign-in-question-phone.png` });
  });

  it('names an iPad: the sign-in form tells the service about the touch screen of an iPad, whose header is that of a Mac', async () => {
    const visitor = await page.visit({ hasTouch: true });
    await visitor.context.addInitScript(
      `Object.defineProperty(navigator, 'maxTouchPoints', { get: () => 5 })`,
    );
    await visitor.page.reload();
    const sent = visitor.page.waitForRequest((request) => request.url().endsWith('/auth/login'));
    await visitor.register();
    expect((await (await sent).allHeaders())['latchkey-touch-points']).toBe('5');
  });
});
