import { NO_BRAND } from '../../brand/brand.js';
import { brandColors } from '../../brand/brand-colors.js';
import { LANGUAGES } from '../../languages/languages.js';
import { type MailContent, MailLayout } from './mail-layout.js';

const LINK = 'https://id.example.com/account/disown#token=lkm_A';

const TO = 'ada@example.org';
const SITE = 'id.example.com';
const FOOTER = `--\nSent to ${TO} about your account at ${SITE}.\n`;
const layout = new MailLayout();
const MAIL = { to: TO, site: SITE, brand: NO_BRAND, language: LANGUAGES.en };
const render = (parts: MailContent) => layout.render({ ...MAIL, ...parts });

const content: MailContent = {
  subject: 'New sign-in to your account',
  opening: 'Someone signed in.',
  closing: "If it wasn't you, follow the link.",
};

describe('the layout of mails', () => {
  it('leaves out the parts that a mail does not have', () => {
    const { to, subject, text, link } = render(content);
    expect({ to, subject, link }).toEqual({ to: 'ada@example.org', subject: content.subject, link: null });
    expect(text).toBe(`Someone signed in.\n\nIf it wasn't you, follow the link.\n\n${FOOTER}`);
  });

  it('separates the parts of the plain text with blank lines', () => {
    const details = [
      ['Device', '“Phone”'],
      ['Location', 'Lisbon'],
    ] as const;
    const action = { label: "This wasn't me", url: LINK };
    const { text, link } = render({ ...content, details, action });
    expect(link).toBe(LINK);
    expect(text).toBe(`Someone signed in.

Device: “Phone”
Location: Lisbon

This wasn't me:
${LINK}

If it wasn't you, follow the link.

${FOOTER}`);
  });

  it('escapes every value in the HTML part', () => {
    const hostile = `<img src="x" onerror='y'>&amp;`;
    const escaped = '&lt;img src=&quot;x&quot; onerror=&#39;y&#39;&gt;&amp;amp;';
    const { html } = render({
      subject: content.subject,
      opening: hostile,
      details: [[hostile, hostile]],
      action: { label: hostile, url: `${LINK}${hostile}` },
      closing: hostile,
    });
    expect(html.split(escaped)).toHaveLength(8);
    expect(html).not.toMatch(/<img|onerror='/);
  });

  it('is a page in UTF-8 that fits phones and dark mode, shows a preheader, and loads nothing', () => {
    const action = { label: "This wasn't me", url: LINK };
    const { html } = render({ ...content, action });
    expect(html).toMatch(/^<!doctype html>\n<html lang="en" dir="ltr">\n<head>\n<meta charset="utf-8">/);
    expect(html).toContain('<meta name="viewport" content="width=device-width, initial-scale=1">');
    expect(html).toContain('@media (prefers-color-scheme: dark)');
    expect(html).toMatch(/<body[^>]*>\n<div style="display:none[^>]*>Someone signed in\.<\/div>/);
    const urls = [...html.matchAll(/(?:href|src)="([^"]*)"|url\(|@import/g)].map(([, url]) => url);
    expect(urls).toEqual([LINK]);
  });

  const PNG = Buffer.from('89504e470d0a1a0a', 'hex');
  const BRAND = {
    name: 'Acme <&>',
    url: 'https://app.example.com/?a=1&b=2',
    logo: { type: 'image/png' as const, bytes: PNG },
    hasOwnColor: true,
    colors: brandColors('#ffd500'),
  };

  it('shows the name, logo and colour of the brand, and links back to the application', () => {
    const action = { label: 'Go', url: LINK };
    const mail = layout.render({ ...MAIL, brand: BRAND, ...content, action });
    expect(mail.text).toContain(`Sent to ${TO} about your account at Acme <&>.`);
    expect(mail.html).toContain('<a class="aside" href="https://app.example.com/?a=1&amp;b=2"');
    expect(mail.html).toMatch(/<img src="cid:logo" alt=""[^>]*> Acme &lt;&amp;&gt;<\/a>/);
    expect(mail.html).toMatch(/class="button" style="background:#ffd500;/);
    expect(mail.images).toEqual([{ id: 'logo', type: 'image/png', bytes: PNG }]);
  });

  it('leaves out a logo that mail programs do not show', () => {
    const logo = { type: 'image/svg+xml' as const, bytes: Buffer.from('<svg/>') };
    const { html, images } = layout.render({ ...MAIL, brand: { ...BRAND, logo }, ...content });
    expect(html).not.toContain('<img');
    expect(images).toEqual([]);
  });

  it('is in the language of the account', () => {
    const { html, text } = layout.render({ ...MAIL, language: LANGUAGES.de, ...content });
    expect(html).toContain('<html lang="de" dir="ltr">');
    expect(text).toContain(`--\nGesendet an ${TO}, weil es um Ihr Konto bei ${SITE} geht.\n`);
  });
});
