import axe from 'axe-core';
import type { BrowserContextOptions } from 'playwright-core';
import { newEmail } from '../support/api.js';
import { describeInChromium } from '../support/describe-in-chromium.js';
import { setUpPage } from '../support/page-set-up.js';
import { screenshotFolder } from '../support/screenshots.js';
import { Visitor } from '../support/visitor.js';

const MANY = 300;
const OTHERS = 'Sign out all other devices';

/** Copies the account's only session to new devices, each used about three hours before the one that precedes it. */
const ADD_DEVICES = `
  WITH owner AS (
    SELECT s.*, u.session_epoch FROM sessions s JOIN users u ON u.id = s.user_id WHERE u.email = $1
  ), added AS (
    INSERT INTO devices (id, user_id, token_hash, name, kind, browser, system, first_seen_at, last_seen_at)
    SELECT gen_random_uuid(), user_id, sha256(gen_random_uuid()::text::bytea), 'Device ' || n,
           (ARRAY['desktop', 'mobile', 'tablet', 'tv'])[1 + n % 4], 'Firefox', 'Linux',
           now() - interval '50 days', now() - n * interval '185 minutes'
    FROM owner, generate_series(1, $2::integer) AS n RETURNING *
  )
  INSERT INTO sessions (id, user_id, device_id, address, clients, amr, sweep_at, created_at, last_seen_at)
  SELECT gen_random_uuid(), owner.user_id, added.id, '203.0.113.24', owner.clients, owner.amr, owner.sweep_at,
         added.first_seen_at, added.last_seen_at
  FROM owner, added`;
const END_SESSIONS = `
  UPDATE sessions s SET status = 'revoked', ended_reason = 'logout', ended_by = 'operator' FROM devices d
  WHERE d.id = s.device_id AND d.name LIKE 'Device %'
    AND s.user_id = (SELECT id FROM users WHERE email = $1)`;

describeInChromium('the page of an account with many devices', () => {
  const site = setUpPage({ LOGIN_ATTEMPTS_PER_ADDRESS: '1000' }, { browser: { reducedMotion: 'reduce' } });

  const signInWith = async (devices: number, options: BrowserContextOptions = {}) => {
    const email = newEmail();
    await site.service.api.register(email);
    const visitor = await site.visit(options);
    await visitor.signIn(email);
    await site.deployment.sql(ADD_DEVICES, [email, devices]);
    const startedAt = performance.now();
    await visitor.page.reload();
    await visitor.device('Device 1').first().waitFor();
    return { visitor, email, tookMs: performance.now() - startedAt };
  };
  const select = ({ page }: Visitor, name: string) =>
    page.getByRole('checkbox', { name: `Select ${name}`, exact: false }).first();

  it('shows 300 devices soon, the first of them at once, and the others on request', async () => {
    const { visitor, tookMs } = await signInWith(MANY);
    // Reported, not asserted: other tests share the cores. The target is 1 s on an idle machine.
    process.stderr.write(`the list of ${MANY} devices was shown ${Math.round(tookMs)} ms after a reload\n`);
    await visitor.page.getByText(`on ${MANY + 1} devices`).waitFor();
    expect(await visitor.devices.count()).toBe(50);
    await visitor.button('Show 50 more devices').click();
    expect(await visitor.devices.count()).toBe(100);
    await visitor.heading('Active in the last 24 hours 7').waitFor();
  });

  it('finds devices by what it shows about them', async () => {
    const { visitor } = await signInWith(60);
    const search = visitor.page.getByRole('searchbox', { name: 'Search devices' });
    await search.fill('device 5 firefox');
    await visitor.page.getByText('15 devices found.').waitFor();
    expect(await visitor.devices.count()).toBe(15);
    await search.fill('unknown');
    await visitor.page.getByText('No device matches your search.').waitFor();
    await search.fill('');
    await visitor.device('This device').waitFor();
  });

  it('signs out the selected devices in one request, and moves the focus to the heading', async () => {
    const { visitor } = await signInWith(20);
    await select(visitor, '⁨Device 20').click();
    await visitor.page.getByRole('checkbox', { name: 'Select all: Active in the last 24 hours' }).click();
    await visitor.page.getByText('8 devices selected').waitFor();
    await select(visitor, '⁨Device 1⁩').click();
    await visitor.button('Sign out 7 devices').click();
    expect(await visitor.dialog.textContent()).toContain('Device 20');
    await visitor.dialog.getByRole('button', { name: 'Sign out 7 devices' }).click();
    await visitor.page.getByText('on 14 devices').waitFor();
    await visitor.page.locator('h1:focus').waitFor();
    expect(await visitor.page.getByText('selected').count()).toBe(0);
    const signOuts = visitor.requests.filter((request) => /^DELETE|terminate/.test(request));
    expect(signOuts).toEqual(['POST /devices/terminate']);
  });

  it.each([
    ['a desktop', { width: 1280, height: 900 }],
    ['a phone', { width: 320, height: 640 }],
  ])('keeps signing out all others in reach on %s', async (_, viewport) => {
    const { visitor } = await signInWith(60, { viewport });
    await visitor.devices.last().scrollIntoViewIfNeeded();
    const box = await visitor.button(OTHERS).boundingBox();
    expect(box && box.y >= 0 && box.y + box.height <= viewport.height).toBe(true);
    expect(await visitor.page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(
      viewport.width,
    );
  });

  it('covers nothing at 400 % zoom', async () => {
    const { visitor } = await signInWith(20, { viewport: { width: 320, height: 256 } });
    await select(visitor, '⁨Device 3⁩').click();
    await visitor.devices.last().scrollIntoViewIfNeeded();
    const position = `[...document.querySelectorAll('.tools, .selection-bar')].map((it) => getComputedStyle(it).position)`;
    expect(await visitor.page.evaluate(position)).toEqual(['static', 'static']);
    expect(await visitor.page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(320);
  });

  it('allows keyboard-only selection, and never hides the focus behind a bar', async () => {
    const { visitor } = await signInWith(60, { viewport: { width: 800, height: 700 } });
    await visitor.page.getByRole('searchbox').focus();
    for (let presses = 0; presses < 40; presses++) {
      await visitor.page.keyboard.press('Tab');
      if (presses === 3) await visitor.page.keyboard.press('Space');
      const isVisible = `(() => {
        const box = document.activeElement.getBoundingClientRect();
        const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
        return document.activeElement.contains(top) || top.contains(document.activeElement);
      })()`;
      expect(await visitor.page.evaluate(isVisible)).toBe(true);
    }
    expect(await visitor.page.locator('.selection-bar').count()).toBe(1);
  });

  it('shows older ended sessions on request, and moves the focus to them', async () => {
    const { visitor, email } = await signInWith(25);
    await site.deployment.sql(END_SESSIONS, [email]);
    await visitor.page.reload();
    const ended = visitor.page.getByRole('region', { name: 'Ended sessions' });
    const more = ended.getByRole('button', { name: 'Show more' });
    await more.click();
    await ended.getByRole('listitem').nth(10).and(visitor.page.locator(':focus')).waitFor();
    expect(await ended.getByRole('listitem').count()).toBe(20);
    await more.click();
    await more.waitFor({ state: 'detached' });
    expect(await ended.getByRole('listitem').count()).toBe(25);
  });

  it('passes axe with a selection and open details, light and dark', async () => {
    const { visitor } = await signInWith(20, { bypassCSP: true });
    const { page } = visitor;
    await visitor.openDetails(/Device 2\D/);
    await select(visitor, '⁨Device 3⁩').click();
    await page.evaluate(axe.source);
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const [name, viewport] of Object.entries({
        desktop: { width: 820, height: 900 },
        phone: { width: 360, height: 740 },
      })) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize(viewport);
        await page.screenshot({ path: `${screenshotFolder()}many-devices-${name}-${colorScheme}.png` });
      }
      const { violations } = (await page.evaluate('axe.run(document)')) as axe.AxeResults;
      expect(violations.map(({ id, nodes }) => [colorScheme, id, nodes.map(({ html }) => html)])).toEqual([]);
    }
  });
});
