/** What the service writes into the page's head (`page-document.ts`), so that the page needs no request to know it. */
export const PAGE_SETTINGS = {
  sendsMail: setting('mail') !== 'none',
  cookies: setting('cookies') === 'secure' ? 'secure' : 'plain',
  /** Tags of all languages that the page can be shown in. */
  languages: (setting('languages') ?? '').split(' ').filter(Boolean),
  brand: {
    name: setting('brand') || 'Latchkey',
    /** Path of an image; `null` for the icon of the page. */
    logo: setting('logo') || null,
    /** Of the application; `null` if there is none to go back to. */
    url: setting('brand-url') || null,
  },
} as const;

function setting(name: string): string | undefined {
  return document.querySelector<HTMLMetaElement>(`meta[name="latchkey-${name}"]`)?.content;
}
