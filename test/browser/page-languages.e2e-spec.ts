import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { newEmail, PASSWORD } from '../support/api.js';
import { axeViolations } from '../support/axe-violations.js';
import { launchChromium } from '../support/chromium.js';
import { confirmAddress } from '../support/confirm-address.js';
import { Deployment } from '../support/deployment.js';
import { describeInChromium } from '../support/describe-in-chromium.js';
import { waitForMailTo } from '../support/linked-mail.js';
import { Mailbox } from '../support/mailbox.js';
import type { ServiceProcess } from '../support/service-process.js';
import { EMULATED_CLIENTS, Visitor } from '../support/visitor.js';
import { waitUntil } from '../support/wait-until.js';

/** A yellow that no one could read as text on white. */
const BRAND = {
  BRAND_NAME: 'Müller & Co',
  BRAND_COLOR: '#ffd500',
  BRAND_URL: 'https://app.example.com/start',
};
const LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><circle cx="4" cy="4" r="4"/></svg>';
const WINDOWS =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';
const LINUX = WINDOWS.replace('Windows NT 10.0; Win64; x64', 'X11; Linux x86_64');
/** Words that every English sentence has some of, and German ones do not. */
const ENGLISH =
  /\b(the|you|your|you’re|this|that|with|sign|signed|device|devices|session|sessions|password|email|on|from|ago|of|to|and|are|has|been|for|by)\b/i;
/** The other states have the same parts, and axe takes long. */
const CHECKED_BY_AXE = ['wrong password', 'devices'];
const GERMAN_ADDRESS = '84.128.0.1';
const GERMAN = { locale: 'de-DE', timezoneId: 'Europe/Berlin' };

describeInChromium('the account page in German, with a brand', () => {
  let directory: string;
  let chromium: Browser;
  let mailbox: Mailbox;
  let deployment: Deployment;
  let service: ServiceProcess;
  const visitors: Visitor[] = [];

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'latchkey-brand-'));
    const logo = join(directory, 'logo.svg');
    writeFileSync(logo, LOGO);
    mailbox = await Mailbox.open();
    deployment = await Deployment.create({
      LATCHKEY_ISSUER: 'http://localhost:3000',
      LOGIN_ATTEMPTS_PER_ADDRESS: '1000',
      TRUST_PROXY: '127.0.0.1',
      SMTP_URL: mailbox.url,
      ...EMULATED_CLIENTS,
      ...BRAND,
      BRAND_LOGO: logo,
    });
    service = await deployment.start();
    chromium = await launchChromium();
  });
  afterEach(async () => {
    const pageErrors = visitors.flatMap((visitor) => visitor.pageErrors);
    await Promise.all(visitors.splice(0).map((visitor) => visitor.close()));
    expect(pageErrors).toEqual([]);
  });
  afterAll(async () => {
    await chromium?.close();
    await deployment?.close();
    await mailbox?.close();
    rmSync(directory, { recursive: true });
  });

  const open = async (options: BrowserContextOptions = GERMAN) => {
    const visitor = await Visitor.open(chromium, service.url, {
      userAgent: WINDOWS,
      reducedMotion: 'reduce',
      ...options,
    });
    visitors.push(visitor);
    return visitor;
  };
  const press = async ({ page }: Visitor, name: string) =>
    page.getByRole('button', { name, exact: true }).first().click();
  const submit = async (visitor: Visitor, email: string, action: string) => {
    await visitor.page.getByLabel('E-Mail-Adresse').fill(email);
    await visitor.page.getByLabel('Passwort').first().fill(PASSWORD);
    await visitor.page.locator('form').getByRole('button', { name: action }).click();
  };
  const register = async (visitor: Visitor) => {
    const email = newEmail();
    await press(visitor, 'Konto anlegen');
    await submit(visitor, email, 'Konto anlegen');
    await visitor.heading('Ihre Geräte').waitFor();
    await visitor.device('Dieses Gerät').waitFor();
    return email;
  };
  const signInElsewhere = (email: string, userAgent = LINUX, name?: string) =>
    service.api.call('POST', '/auth/login', {
      body: { email, password: PASSWORD, device_name: name },
      headers: {
        'user-agent': userAgent,
        'x-forwarded-for': GERMAN_ADDRESS,
      },
    });
  const language = ({ page }: Visitor) => page.locator('html').getAttribute('lang');
  /** All that people see and hear, without names that people chose. */
  const readText = ({ page }: Visitor) =>
    page.evaluate(`(() => {
      const copy = document.body.cloneNode(true);
      for (const other of copy.querySelectorAll('bdi, [lang="en"], a[href="https://db-ip.com"]')) other.remove();
      const labels = [...copy.querySelectorAll('[aria-label], [placeholder], [title]')]
        .flatMap((element) => ['aria-label', 'placeholder', 'title'].map((name) => element.getAttribute(name)));
      return [document.title, copy.textContent, ...labels].join('\\n');
    })()`) as Promise<string>;

  it('has no English sentence in any state, and passes axe, light and dark', async () => {
    const desktop = await open({ ...GERMAN, bypassCSP: true });
    const states: Record<string, { english: RegExpExecArray | null; axe: string[] }> = {};
    const look = async (name: string) => {
      const violations = CHECKED_BY_AXE.includes(name) ? await axeViolations(desktop.page) : [];
      states[name] = { english: ENGLISH.exec(await readText(desktop)), axe: violations };
    };
    const { page } = desktop;
    await desktop.heading('Anmelden').waitFor();
    await look('sign in');
    await submit(desktop, 'unknown@example.org', 'Anmelden');
    await page.getByText('Die E-Mail-Adresse oder das Passwort ist falsch.').waitFor();
    await look('wrong password');
    const email = await register(desktop);
    await confirmAddress(deployment, email);
    await signInElsewhere(email);
    await desktop.device('Chrome auf Linux').waitFor();
    const details = page.getByRole('button', { name: 'Details zu Chrome auf Linux' });
    await details.click();
    await page.getByText('1 Sitzung').waitFor();
    await look('devices');
    await page.getByRole('button', { name: /^Umbenennen.*Chrome auf Linux$/ }).click();
    await look('renaming');
    await press(desktop, 'Passwort ändern');
    await desktop.heading('Ihr Passwort ändern').waitFor();
    await look('changing the password');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: /^Abmelden.*: Chrome auf Linux$/ }).click();
    await desktop.heading('Ein anderes Gerät abmelden?').waitFor();
    await look('revoking');
    await desktop.dialog.getByRole('button', { name: 'Abmelden' }).click();
    await page.getByText('Chrome auf Linux⁩ ist abgemeldet.').waitFor();
    await page.getByText('In Ihrer Liste der Geräte abgemeldet').waitFor();
    await look('revoked');
    await page.getByText('Anmeldung auf einem neuen Gerät').first().waitFor();
    await page
      .getByText(/auf Linux · .*Deutschland · 84\.128\.0\.1/)
      .first()
      .waitFor();
    await desktop.openLinkIn(await waitForMailTo(mailbox, email, 'disown'));
    await desktop.heading('Sie kennen diese Anmeldung nicht?').waitFor();
    await look('a link in a mail');
    await press(desktop, 'Das war ich nicht');
    await desktop.heading('Neues Passwort festlegen').waitFor();
    await look('a new password');
    await page.goto('/account/nothing');
    await desktop.heading('Seite nicht gefunden').waitFor();
    await look('not found');
    const failed = Object.entries(states).filter(
      ([, { english, axe: found }]) => english || found.length > 0,
    );
    expect(failed).toEqual([]);
    expect(Object.keys(states)).toHaveLength(10);
  });

  it('translates the names that the service gives to apps, and no name that a person chose', async () => {
    const desktop = await open();
    const email = await register(desktop);
    const app = 'Streamer/15.48.1 (iOS 17.5; iPhone14,2)';
    await signInElsewhere(email, app);
    await signInElsewhere(email, app, 'Movies on the couch');
    const device = desktop.device('Streamer auf iPhone');
    await device.getByRole('button', { name: /^Details/ }).click();
    await device.getByText('Streamer 15 auf iOS').waitFor();
    await desktop.device('Movies on the couch').waitFor();
  });

  it('passes axe in English, too', async () => {
    const visitor = await open({ locale: 'en-GB', bypassCSP: true });
    await visitor.register();
    expect([await language(visitor), await axeViolations(visitor.page)]).toEqual(['en', []]);
  });

  it('keeps a choice that was made before the sign-in, for the account and in other browsers', async () => {
    const visitor = await open({ locale: 'en-US' });
    const email = await visitor.register();
    expect(await deployment.sql('SELECT language FROM users WHERE email = $1', [email])).toEqual([
      { language: 'en' },
    ]);
    await visitor.button('Sign out').first().click();
    await visitor.heading('Sign in').waitFor();
    await visitor.button('Deutsch').click();
    await visitor.heading('Anmelden').waitFor();
    await submit(visitor, email, 'Anmelden');
    await visitor.heading('Ihre Geräte').waitFor();
    expect(await deployment.sql('SELECT language FROM users WHERE email = $1', [email])).toEqual([
      { language: 'de' },
    ]);

    const other = await open({ locale: 'en-US' });
    await other.submitCredentials(email, 'Sign in');
    await other.heading('Ihre Geräte').waitFor();
    expect(await language(other)).toBe('de');
    await other.button('English').click();
    await other.heading('Your devices').waitFor();
    expect(await deployment.sql('SELECT language FROM users WHERE email = $1', [email])).toEqual([
      { language: 'en' },
    ]);
  });

  it('can be changed on a page that a mailed link leads to, without losing the link', async () => {
    const visitor = await open({ locale: 'en-US' });
    const email = await visitor.register();
    await visitor.openLinkIn(await waitForMailTo(mailbox, email, 'confirm-email'));
    await visitor.heading('Confirm your email address').waitFor();
    await visitor.button('Deutsch').click();
    await visitor.heading('Bestätigen Sie Ihre E-Mail-Adresse').waitFor();
    expect(new URL(visitor.page.url()).hash).toBe('');
    await press(visitor, 'E-Mail-Adresse bestätigen');
    await visitor.heading('E-Mail-Adresse bestätigt').waitFor();
  });

  it('has the name, logo and colour of the brand, and leads back to the application', async () => {
    const { page } = await open({ ...GERMAN, colorScheme: 'light' });
    await waitUntil('the title is set', async () => (await page.title()) === 'Anmelden – Müller & Co');
    const link = page.locator('a.brand');
    expect([await link.textContent(), await link.getAttribute('href')]).toEqual([
      ' Müller & Co',
      'https://app.example.com/start',
    ]);
    await page.getByRole('link', { name: 'Zurück zu Müller & Co' }).waitFor();
    await waitUntil('the logo is shown', async () =>
      Boolean(await page.evaluate('document.querySelector(".logo").naturalWidth')),
    );
    expect(
      await page.evaluate('getComputedStyle(document.querySelector("form .button-primary")).backgroundColor'),
    ).toBe('rgb(255, 213, 0)');
    expect(await page.locator('meta[name="theme-color"]').first().getAttribute('content')).toBe('#ffd500');
    const icon = await page.locator('link[rel="icon"]').getAttribute('href');
    expect(icon).toBe(await page.locator('.logo').getAttribute('src'));
  });

  it('fits a phone', async () => {
    const phone = await open({ ...GERMAN, viewport: { width: 320, height: 640 } });
    await register(phone);
    expect(await phone.page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(320);
  });
});
