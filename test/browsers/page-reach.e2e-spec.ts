import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import axe from 'axe-core';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { chromiumProgram, launchChromium } from '../support/chromium.js';
import { Deployment } from '../support/deployment.js';
import { Mailbox } from '../support/mailbox.js';
import type { ServiceProcess } from '../support/service-process.js';
import { EMULATION, Visitor } from '../support/visitor.js';

const program = chromiumProgram();
const describeInChromium = program ? describe : describe.skip;

const PICTURES = fileURLToPath(new URL('../output/', import.meta.url));
const WINDOWS =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';
const OTHERS = {
  'Ada’s iPhone':
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1',
  'Living room':
    'Mozilla/5.0 (Linux; Android 12; BRAVIA 4K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36',
  'Old laptop': 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0',
};
const HOSTILE = [
  `<img src=x onerror="document.title='owned'">`,
  `\u202Egnp.elif\u202Eretne ot sserp`,
  'W'.repeat(64),
  '&lt;script&gt;alert(1)&lt;/script&gt;',
];

describeInChromium('the page of devices', () => {
  let chromium: Browser;
  let mailbox: Mailbox;
  let deployment: Deployment;
  let service: ServiceProcess;
  const visitors: Visitor[] = [];

  beforeAll(async () => {
    mkdirSync(PICTURES, { recursive: true });
    mailbox = await Mailbox.open();
    deployment = await Deployment.create({
      LATCHKEY_ISSUER: 'http://localhost:3000',
      LOGIN_ATTEMPTS_PER_ADDRESS: '1000',
      ...EMULATION,
      SMTP_URL: mailbox.url,
    });
    service = await deployment.start();
    chromium = await launchChromium(program ?? '');
  });
  afterEach(() => Promise.all(visitors.splice(0).map((visitor) => visitor.leave())));
  afterAll(async () => {
    await chromium?.close();
    await deployment?.close();
    await mailbox?.close();
  });

  const arrive = async (options: BrowserContextOptions = {}) => {
    const visitor = await Visitor.arrive(chromium, service.url, {
      userAgent: WINDOWS,
      reducedMotion: 'reduce',
      ...options,
    });
    visitors.push(visitor);
    return visitor;
  };
  const signInElsewhere = async (email: string, device_name: string, userAgent = WINDOWS) => {
    await service.api.call('POST', '/auth/login', {
      body: { email, password: 'correct horse battery', device_name },
      headers: { 'user-agent': userAgent },
    });
  };
  const withOthers = async (options?: BrowserContextOptions) => {
    const desk = await arrive(options);
    const email = await desk.register();
    for (const [name, userAgent] of Object.entries(OTHERS)) await signInElsewhere(email, name, userAgent);
    for (const name of Object.keys(OTHERS)) await desk.card(name).waitFor();
    return { desk, email };
  };

  /** The rules of WCAG 2.2 AA and of good practice, in both colour schemes. */
  const faultsOf = async ({ page }: Visitor) => {
    await page.evaluate(axe.source);
    const faults: string[] = [];
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      const { violations } = (await page.evaluate('axe.run(document)')) as axe.AxeResults;
      for (const { id, nodes } of violations)
        faults.push(`${colorScheme}: ${id}: ${nodes.map(({ html }) => html)}`);
    }
    return faults;
  };

  it('has no fault that axe finds, in any state, light or dark', async () => {
    const desk = await arrive({ bypassCSP: true });
    const states: Record<string, string[]> = {};
    states.entrance = await faultsOf(desk);
    await desk.enter('nobody@example.org', 'Sign in');
    await desk.page.locator('.error').waitFor();
    states.refused = await faultsOf(desk);
    const email = await desk.register();
    states.alone = await faultsOf(desk);
    for (const [name, userAgent] of Object.entries(OTHERS)) await signInElsewhere(email, name, userAgent);
    await desk.card('Old laptop').waitFor();
    await desk.card('Old laptop').getByText('1 session').click();
    states.devices = await faultsOf(desk);
    await desk
      .card('Old laptop')
      .getByRole('button', { name: /^Rename/ })
      .click();
    states.renaming = await faultsOf(desk);
    await desk.button('Sign out all other devices').click();
    states.asking = await faultsOf(desk);
    await desk.page.keyboard.press('Escape');
    await desk.button('Change password').click();
    await desk.dialog.waitFor();
    states.changing = await faultsOf(desk);
    await desk.page.keyboard.press('Escape');
    await desk.button('Sign out everywhere').click();
    await desk.dialog.getByRole('button', { name: 'Sign out everywhere' }).click();
    await desk.thrownOut('You signed out everywhere.');
    states.out = await faultsOf(desk);
    expect(Object.entries(states).filter(([, faults]) => faults.length > 0)).toEqual([]);
  });

  it('has no fault that axe finds, nor is wider than a phone, where mails lead to', async () => {
    const owner = await arrive({ bypassCSP: true, viewport: { width: 320, height: 640 } });
    const email = await owner.register();
    await signInElsewhere(email, 'Old laptop');
    const states: Record<string, string[]> = {};
    const look = async (heading: string) => {
      await owner.heading(heading).waitFor();
      expect(await owner.page.title()).toBe(`${heading} – Latchkey`);
      expect(await owner.page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(320);
      states[heading] = await faultsOf(owner);
      await owner.page.screenshot({ path: `${PICTURES}${heading.replaceAll(/\W+/g, '-')}.png` });
    };
    const press = (name: string) => owner.button(name).click();
    const choose = async (password: string) => {
      await owner.page.getByLabel('New password').fill(password);
      await press('Set the new password');
    };

    await owner.follow(await mailbox.waitFor(email, 'Confirm your email address'));
    await look('Confirm your address');
    await press('Confirm address');
    await look('Your address is confirmed');
    await owner.page.goto('/account/forgot-password');
    await look('Forgot your password?');
    await owner.page.getByLabel('Email address').fill(email);
    await press('Send the link');
    await look('Look into your mail');
    await owner.follow(await mailbox.waitFor(email, 'Reset your password'));
    await press('Show password');
    await choose('password');
    await owner.page.locator('.error').waitFor();
    await look('Choose a new password');
    await owner.follow(await mailbox.waitFor(email, 'New sign-in to your account'));
    await look('Was this not you?');
    await press('This wasn’t me');
    await owner.page.getByText('That device is signed out.').waitFor();
    await look('Choose a new password');
    await choose('a lonely wizard hums');
    await look('Your new password is set');
    await owner.page.goto('/account/disown');
    await look('This link does not work any more');
    expect(Object.entries(states).filter(([, faults]) => faults.length > 0)).toEqual([]);
  });

  it('can be used with the keyboard alone where a mail leads to', async () => {
    const owner = await arrive();
    const email = await owner.register();
    await signInElsewhere(email, 'Old laptop');
    await owner.follow(await mailbox.waitFor(email, 'New sign-in to your account'));
    const { keyboard } = owner.page;
    const headed = async (text: string) => {
      await owner.page.locator('h1:focus').filter({ hasText: text }).waitFor();
      await keyboard.press('Tab');
    };
    await headed('Was this not you?');
    await keyboard.press('Enter');
    await headed('Choose a new password');
    await keyboard.type('a lonely wizard hums');
    await keyboard.press('Enter');
    await headed('Your new password is set');
    await keyboard.press('Enter');
    await owner.signIn(email, 'a lonely wizard hums');
    await owner.button('Change password').focus();
    await keyboard.press('Enter');
    await owner.dialog.getByLabel('Current password').and(owner.page.locator(':focus')).waitFor();
    await keyboard.press('Escape');
    await owner.dialog.waitFor({ state: 'detached' });
    expect(await owner.page.evaluate('document.activeElement.textContent')).toBe('Change password');
  });

  it('can be used with the keyboard alone', async () => {
    const desk = await arrive();
    const email = await desk.register();
    await desk.page.getByRole('banner').getByRole('button', { name: 'Sign out' }).click();
    await signInElsewhere(email, 'Old laptop');
    await desk.heading('Sign in').waitFor();
    const { keyboard } = desk.page;
    const focused = () => desk.page.evaluate('document.activeElement.textContent') as Promise<string>;
    const tabTo = async (text: string) => {
      for (let presses = 0; presses < 40; presses++) {
        await keyboard.press('Tab');
        if ((await focused()).startsWith(text)) {
          // Where it is can be seen.
          expect(await desk.page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe(
            'solid',
          );
          return;
        }
      }
      throw new Error(`no way to ${text} with the Tab key`);
    };

    // The address is remembered, and the password has the focus.
    await desk.page.locator('input[type=password]:focus').waitFor();
    await keyboard.type('correct horse battery');
    await keyboard.press('Enter');
    await desk.card('Old laptop').waitFor();
    await desk.page.locator('h1:focus').waitFor();
    expect(await focused()).toBe('Your devices');
    await keyboard.press('Shift+Tab');
    await keyboard.press('Shift+Tab');
    expect(await focused()).toBe('Skip to your devices');
    await keyboard.press('Enter');
    await tabTo('Rename Old laptop');
    await keyboard.press('Enter');
    await desk.page.locator('input:focus').waitFor();
    await keyboard.type('Cellar');
    await keyboard.press('Enter');
    await desk.card('Cellar').waitFor();
    await tabTo('Sign out Cellar');
    await keyboard.press('Enter');
    await desk.dialog.waitFor();
    expect(await focused()).toBe('Cancel');
    // The focus stays in the dialog, and goes back where it was.
    for (let presses = 0; presses < 6; presses++) {
      await keyboard.press('Tab');
      expect(await desk.page.evaluate(`!document.activeElement.closest('main, header')`)).toBe(true);
    }
    await keyboard.press('Escape');
    await desk.dialog.waitFor({ state: 'detached' });
    expect(await focused()).toMatch(/^Sign out Cellar/);
    await keyboard.press('Enter');
    await desk.dialog.locator('button:focus').waitFor();
    await tabTo('Sign out');
    await keyboard.press('Enter');
    await desk.card('Cellar').waitFor({ state: 'detached' });
    await desk.page.locator('h1:focus').waitFor();
    expect(await focused()).toBe('Your devices');
  });

  it('shows names as text, whatever they are, and stays in its place', async () => {
    const desk = await arrive({ viewport: { width: 320, height: 640 } });
    const email = await desk.register();
    for (const name of HOSTILE) await signInElsewhere(email, name);
    await signInElsewhere(email, 'to be longer');
    const longer = 'x'.repeat(200);
    await deployment.sql(
      `UPDATE devices SET name = $1, browser = $2, system = $2 WHERE name = 'to be longer'`,
      [longer, HOSTILE[0]],
    );
    await desk.page.reload();
    for (const name of [...HOSTILE, longer])
      await desk.page.getByRole('listitem', { name, exact: true }).waitFor();
    await desk.button('Sign out all other devices').click();
    for (const name of [...HOSTILE, longer]) await desk.dialog.getByText(name, { exact: true }).waitFor();
    expect(await desk.page.title()).toBe('Your devices – Latchkey');
    expect(await desk.page.locator('img, script:not([src])').count()).toBe(0);
    expect(await desk.page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(320);
    const isIsolated = `[...document.querySelectorAll('.cards bdi')].every((it) => getComputedStyle(it).unicodeBidi === 'isolate')`;
    expect(await desk.page.evaluate(isIsolated)).toBe(true);
    expect(desk.complaints).toEqual([]);
  });

  it('looks like this', async () => {
    const { desk, email } = await withOthers({ viewport: { width: 820, height: 860 } });
    const { token } = await mailbox.waitFor(email, 'Confirm your email address');
    await service.api.call('POST', '/auth/email/confirm', { body: { token } });
    await desk.heading('Confirm your address').waitFor({ state: 'detached' });
    // As after some weeks.
    await deployment.sql(
      `UPDATE devices SET first_seen_at = first_seen_at - interval '40 days',
         last_seen_at = last_seen_at - length(name) * interval '47 minutes'`,
    );
    await deployment.sql(
      `UPDATE sessions s SET address = '203.0.113.24', created_at = created_at - interval '20 days',
         last_seen_at = s.last_seen_at - length(d.name) * interval '47 minutes'
       FROM devices d WHERE d.id = s.device_id AND d.name NOT LIKE 'Chrome%'`,
    );
    await desk.page.reload();
    await desk.page.getByText('This list is live').waitFor();
    await desk.page.emulateMedia({ colorScheme: 'light' });
    await desk.page.screenshot({ path: `${PICTURES}devices-light.png` });
    await desk.page.emulateMedia({ colorScheme: 'dark' });
    await desk.page.screenshot({ path: `${PICTURES}devices-dark.png` });
    await desk.button('Sign out all other devices').click();
    await desk.page.screenshot({ path: `${PICTURES}asking-dark.png` });
    await desk.page.keyboard.press('Escape');
    await desk.page.setViewportSize({ width: 320, height: 690 });
    await desk.page.emulateMedia({ colorScheme: 'light' });
    await desk.page.screenshot({ path: `${PICTURES}devices-phone.png` });
    expect(await desk.page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(320);
  });
});
