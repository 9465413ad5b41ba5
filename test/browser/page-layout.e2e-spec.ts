import type { BrowserContextOptions } from 'playwright-core';
import { describeInChromium } from '../support/describe-in-chromium.js';
import { setUpPage } from '../support/page-set-up.js';
import { screenshotFolder } from '../support/screenshots.js';
import { Visitor } from '../support/visitor.js';

const PHONE = { width: 320, height: 640 };
/** 1280 by 1024 pixels at 400 %. */
const ZOOMED = { width: 320, height: 256 };
const LONG_EMAIL = `${'a'.repeat(64)}@${'b'.repeat(63)}.${'c'.repeat(63)}.example.org`;

describeInChromium('the layout of the account page', () => {
  const site = setUpPage({}, { browser: { reducedMotion: 'reduce' } });

  const registered = async (options: BrowserContextOptions = {}) => {
    const visitor = await site.visit(options);
    return { visitor, email: await visitor.register() };
  };
  const widthOf = ({ page }: Visitor) => page.evaluate('document.documentElement.scrollWidth');

  it('keeps the buttons of a device in place when its details open', async () => {
    const { visitor } = await registered();
    const button = visitor.device('This device').getByRole('button', { name: /^Sign out/ });
    const before = await button.boundingBox();
    await visitor.openDetails('This device');
    await visitor.button(/^Rename/).waitFor();
    expect(await button.boundingBox()).toEqual(before);
  });

  it.each([
    ['a phone', PHONE],
    ['a desktop', { width: 1280, height: 900 }],
  ])('wraps a long email address on %s', async (_, viewport) => {
    const { visitor, email } = await registered({ viewport });
    await site.deployment.sql('UPDATE users SET email = $1 WHERE email = $2', [LONG_EMAIL, email]);
    await visitor.page.getByRole('banner').getByRole('button', { name: 'Sign out' }).click();
    await visitor.waitForSignOut('You’re signed out.');
    await visitor.signIn(LONG_EMAIL);
    await visitor.page.getByRole('banner').getByText(LONG_EMAIL).waitFor();
    expect(await widthOf(visitor)).toBeLessThanOrEqual(viewport.width);
    await site.deployment.sql('UPDATE users SET email = $2 WHERE email = $1', [LONG_EMAIL, email]);
  });

  it('shows no message of the devices view after signing out', async () => {
    const { visitor, email } = await registered();
    await visitor.page.getByText('Updating live').waitFor();
    await site.service.api.session(email, { device_name: 'Kitchen tablet' });
    await visitor.page.getByText('New sign-in').waitFor();
    await visitor.page.getByRole('banner').getByRole('button', { name: 'Sign out' }).click();
    await visitor.waitForSignOut('You’re signed out.');
    expect(await visitor.page.getByText('New sign-in').count()).toBe(0);
  });

  it('fits dialogs and forms at 400 % zoom', async () => {
    const { visitor } = await registered({ viewport: ZOOMED });
    for (const name of ['Sign out everywhere', 'Change password']) {
      await visitor.button(name).click();
      const cancel = visitor.dialog.getByRole('button', { name: 'Cancel' });
      await cancel.scrollIntoViewIfNeeded();
      const box = await cancel.boundingBox();
      expect(box && box.y >= 0 && box.y + box.height <= ZOOMED.height).toBe(true);
      expect(await widthOf(visitor)).toBeLessThanOrEqual(ZOOMED.width);
      await visitor.page.keyboard.press('Escape');
      await visitor.dialog.waitFor({ state: 'detached' });
    }
  });

  it('shows states by borders when the browser forces colors', async () => {
    const { visitor, email } = await registered({ forcedColors: 'active' });
    await visitor.page.getByText('Updating live').waitFor();
    await site.service.api.session(email, { device_name: 'Kitchen tablet' });
    await visitor.device('Kitchen tablet').waitFor();
    await visitor.page.screenshot({ path: `${screenshotFolder()}devices-forced-colors.png` });
    const bordersOf = (selector: string, pseudo = '') =>
      visitor.page.evaluate(
        `parseFloat(getComputedStyle(document.querySelector('${selector}'), '${pseudo}').borderInlineStartWidth)`,
      );
    for (const selector of ['.badge', '.device-current', '.notice'])
      expect(await bordersOf(selector)).toBeGreaterThan(0);
    expect(await bordersOf('.live-on', '::before')).toBeGreaterThan(0);
  });
});
