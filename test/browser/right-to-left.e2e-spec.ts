import type { Page } from 'playwright-core';
import { NO_BRAND } from '../../src/brand/brand.js';
import { LANGUAGES } from '../../src/languages/languages.js';
import { MailLayout } from '../../src/mail/templates/mail-layout.js';
import { axeViolations } from '../support/axe-violations.js';
import { describeInChromium } from '../support/describe-in-chromium.js';
import { mirror } from '../support/mirrored-layout.js';
import { setUpPage } from '../support/page-set-up.js';
import { screenshotFolder } from '../support/screenshots.js';
import type { Visitor } from '../support/visitor.js';

const VIEWPORTS = {
  phone: { width: 320, height: 700 },
  desktop: { width: 1280, height: 900 },
};

// No language of the catalogue is written from right to left yet. A translation must not need another layout.
describeInChromium('from right to left', () => {
  const site = setUpPage({ LOGIN_ATTEMPTS_PER_ADDRESS: '1000' });

  const expectMirrored = async (page: Page, state: string) => {
    const { boxes, notMirrored, overflow } = await mirror(page);
    expect({ state, notMirrored, overflow }).toEqual({ state, notMirrored: [], overflow: 0 });
    expect(boxes).toBeGreaterThan(10);
  };
  const signInElsewhere = async (email: string, count: number) => {
    for (let at = 1; at <= count; at++)
      await site.service.api.session(email, { device_name: `Tablet ${String(at).padStart(2, '0')}` });
  };
  const boxOf = async ({ page }: Visitor, selector: string) => {
    const box = await page.locator(selector).first().boundingBox();
    if (!box) throw new Error(`${selector} is not shown`);
    return box;
  };

  it.each(Object.entries(VIEWPORTS))(
    'mirrors the account page on a %s, and passes axe',
    async (name, viewport) => {
      const visitor = await site.visit({ viewport, reducedMotion: 'reduce' });
      const { page } = visitor;
      await visitor.heading('Sign in').waitFor();
      await expectMirrored(page, 'sign-in');
      const email = await visitor.register();
      await signInElsewhere(email, 3);
      await visitor.device('Tablet 03').waitFor();
      await visitor.openDetails('Tablet 03');
      await visitor
        .device('Tablet 03')
        .getByRole('button', { name: /^Rename/ })
        .click();
      await expectMirrored(page, 'few devices');
      // The comparison leaves the page as it is read from right to left.
      const [icon, text, button] = await Promise.all(
        ['.icon', '.device-name', '.disclosure'].map((part) => boxOf(visitor, `.device-current ${part}`)),
      );
      expect(icon?.x).toBeGreaterThan(text?.x ?? Number.NaN);
      expect(button?.x).toBeLessThan(text?.x ?? Number.NaN);
      await page.screenshot({ path: `${screenshotFolder()}right-to-left-${name}.png` });
      expect(await axeViolations(page)).toEqual([]);
      await visitor.button('Sign out all other devices').click();
      await visitor.dialog.waitFor();
      await expectMirrored(page, 'dialog');
      await page.keyboard.press('Escape');
      await signInElsewhere(email, 8);
      await page.getByRole('searchbox').waitFor();
      await page
        .getByRole('checkbox', { name: /Tablet 02/ })
        .first()
        .click();
      await expectMirrored(page, 'many devices');
      expect(await axeViolations(page)).toEqual([]);
    },
  );

  it.each(Object.entries(VIEWPORTS))(
    'mirrors a page that a mailed link leads to on a %s',
    async (_, viewport) => {
      const visitor = await site.visit({ viewport });
      await visitor.page.goto('/account/forgot-password');
      await visitor.heading('Forgot your password?').waitFor();
      await expectMirrored(visitor.page, 'forgotten password');
    },
  );

  it.each([320, 600])('mirrors a mail that is %i pixels wide', async (width) => {
    const { about, ...texts } = LANGUAGES.en;
    const { html } = new MailLayout().render({
      to: 'ada@example.org',
      site: 'id.example.com',
      brand: { ...NO_BRAND, name: 'Example' },
      language: { about: { ...about, direction: 'rtl' }, ...texts },
      subject: 'New sign-in to your account',
      opening: 'Someone signed in to your account on a new device.',
      details: [
        ['Device', '“Chrome on Windows”'],
        ['Location', 'Lisbon, Portugal'],
      ],
      action: { label: 'This wasn’t me', url: 'https://id.example.com/account/disown' },
      alternative: { label: 'It was me', url: 'https://id.example.com/account' },
      closing: 'If it wasn’t you, reset your password at https://id.example.com/account/forgot-password.',
    });
    const page = await site.chromium.newPage({ viewport: { width, height: 800 } });
    site.cleanUp(() => page.close());
    // As in a mail program that keeps only what is in the body.
    await page.setContent(html.replace(/<html[^>]*>/, '<html>'));
    const label = await page.locator('td.label').first().boundingBox();
    const value = await page.locator('td.value').first().boundingBox();
    if (width > 480) expect(label?.x).toBeGreaterThan(value?.x ?? Number.NaN);
    else expect(label?.x).toBe(value?.x);
    const button = await page.locator('.button').boundingBox();
    const card = await page.locator('.card').boundingBox();
    if (!button || !card) throw new Error('the mail has no button');
    expect(card.x + card.width - (button.x + button.width)).toBeLessThan(40);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
  });
});
