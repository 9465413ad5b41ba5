import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newEmail, PASSWORD } from '../../support/api.js';
import { type RunningApp, startApp } from '../../support/app.js';
import { confirmAddress } from '../../support/confirm-address.js';
import { Mailbox } from '../../support/mailbox.js';

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
/** The packaged database knows it; the test needs no more than that it is in Germany. */
const GERMAN_ADDRESS = '84.128.0.1';
const GERMAN = { 'accept-language': 'de-DE,de;q=0.9,en;q=0.5' };

describe('the languages of mails', () => {
  let directory: string;
  let mailbox: Mailbox;
  let service: RunningApp;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'latchkey-brand-'));
    const logo = join(directory, 'logo.png');
    writeFileSync(logo, PNG);
    mailbox = await Mailbox.open();
    service = await startApp({
      SMTP_URL: mailbox.url,
      TRUST_PROXY: 'true',
      BRAND_NAME: 'Müller & Co',
      BRAND_COLOR: '#7a1fa2',
      BRAND_LOGO: logo,
      BRAND_URL: 'https://app.example.com',
    });
  });
  afterAll(async () => {
    await service?.close();
    await mailbox?.close();
    rmSync(directory, { recursive: true });
  });

  const register = async (headers: Record<string, string>) => {
    const email = newEmail();
    const { status } = await service.api.call('POST', '/auth/register', {
      body: { email, password: PASSWORD },
      headers,
    });
    expect(status).toBe(201);
    return email;
  };
  const languageOf = async (email: string) =>
    (await service.sql('SELECT language FROM users WHERE email = $1', [email]))[0]?.language;

  it('are those of the registration, with the time at the place, a preheader and the brand', async () => {
    const email = await register(GERMAN);
    expect(await languageOf(email)).toBe('de');
    const confirmation = await mailbox.waitFor(email, 'Bestätigen Sie Ihre E-Mail-Adresse');
    expect(confirmation.html).toContain('<html lang="de" dir="ltr">');
    await confirmAddress(service, email);
    // The first sign-in of an account is no news.
    await service.api.call('POST', '/auth/login', { body: { email, password: PASSWORD } });
    await service.api.call('POST', '/auth/login', {
      body: { email, password: PASSWORD },
      headers: { 'x-forwarded-for': GERMAN_ADDRESS },
    });
    const { text, html, parsed } = await mailbox.waitFor(email, 'Neue Anmeldung in Ihrem Konto');
    const opening = 'Jemand hat sich auf einem neuen Gerät in Ihrem Konto bei Müller & Co angemeldet.';
    expect(text).toContain(opening);
    expect(text).toMatch(/\nOrt: .*Deutschland\n/);
    expect(text).toMatch(/\nZeit: \d{1,2}\. \p{L}+ 20\d\d um \d\d:\d\d GMT\+[12] \(\d\d:\d\d UTC\)\n/u);
    expect(text).toContain(`--\nGesendet an ${email}, weil es um Ihr Konto bei Müller & Co geht.\n`);
    // Mail programs show the preheader in their list.
    expect(html).toContain(
      `<div style="display:none;max-height:0;overflow:hidden">${opening.replace('&', '&amp;')}`,
    );
    expect(html).toContain('background:#7a1fa2');
    expect(html).toContain('href="https://app.example.com/"');
    expect(parsed.from?.text).toBe('"Müller & Co" <no-reply@localhost>');
    const [logo] = parsed.attachments;
    expect([logo?.cid, logo?.contentType, logo?.contentDisposition, logo?.content]).toEqual([
      'logo',
      'image/png',
      'inline',
      PNG,
    ]);
  });

  it('are what the user chooses later, and only what the service has', async () => {
    const email = await register({ 'accept-language': 'en' });
    await mailbox.waitFor(email, 'Confirm your email address');
    const { body } = await service.api.call('POST', '/auth/login', { body: { email, password: PASSWORD } });
    const choose = (language: unknown) =>
      service.api.call('PATCH', '/auth/me', { token: String(body.access_token), body: { language } });
    for (const wrong of ['fr', '', null, 7, undefined]) {
      const refused = await choose(wrong);
      expect([wrong, refused.status, refused.body.code]).toEqual([wrong, 400, 'validation_failed']);
    }
    expect((await choose('de')).status).toBe(204);
    expect(await languageOf(email)).toBe('de');
    await service.api.call('POST', '/auth/password/forgot', {
      body: { email },
      headers: { 'accept-language': 'en' },
    });
    await mailbox.waitFor(email, 'Setzen Sie Ihr Passwort zurück');
  });

  it('are those of the request while the language of the account is not known', async () => {
    const email = await register({});
    expect(await languageOf(email)).toBeNull();
    await mailbox.waitFor(email, 'Confirm your email address');
    await service.api.call('POST', '/auth/password/forgot', { body: { email }, headers: GERMAN });
    await mailbox.waitFor(email, 'Setzen Sie Ihr Passwort zurück');
  });

  it('are English for an account whose language only a newer version has', async () => {
    const email = await register(GERMAN);
    await service.sql("UPDATE users SET language = 'tlh' WHERE email = $1", [email]);
    await service.api.call('POST', '/auth/password/forgot', { body: { email } });
    await mailbox.waitFor(email, 'Reset your password');
  });

  it('need a login to be chosen', async () => {
    const { status } = await service.api.call('PATCH', '/auth/me', { body: { language: 'de' } });
    expect(status).toBe(401);
  });
});
