import type { Brand } from '../../brand/brand.js';
import type { Config } from '../../config/config.js';
import { LANGUAGE_TAGS, LANGUAGES, type LanguageTag } from '../../languages/languages.js';
import { sendsMail } from '../../mail/outbox.js';
import type { PageAssets } from './page-assets.js';
import { addBrand } from './page-brand.js';

/** The scripts of `build/page.mjs`. */
export const PAGE_SCRIPTS = ['account', 'links'] as const;
export type PageScript = (typeof PAGE_SCRIPTS)[number];

const DEFAULT_NAME = 'Latchkey';

/**
 * The documents of the page: one for each of its scripts in each language. They differ between deployments. They have the
 * brand, offer nothing that needs mail where none is sent, and name how the cookies are set that browsers have to keep.
 *
 * @param template `web/page.html`
 */
export function pageDocuments(
  template: string,
  assets: PageAssets,
  brand: Brand,
  config: Config,
): { readonly name: string; readonly html: string }[] {
  const common = {
    ...addBrand(assets, brand),
    brand: brand.name ?? DEFAULT_NAME,
    brandUrl: brand.url ?? '',
    languages: LANGUAGE_TAGS.join(' '),
    mail: sendsMail(config) ? 'sent' : 'none',
    cookies: config.web.secureCookies ? 'secure' : 'plain',
  };
  return PAGE_SCRIPTS.flatMap((script) =>
    LANGUAGE_TAGS.map((tag) => {
      const name = documentName(script, tag);
      const { about, placeholder } = LANGUAGES[tag];
      const values = { lang: about.tag, dir: about.direction, script: assets.pathOf(name, '.js') };
      return { name, html: filled(template, { ...common, ...placeholder, ...values }) };
    }),
  );
}

export function documentName(script: PageScript, tag: LanguageTag): string {
  return `${script}-${tag}`;
}

function filled(template: string, values: Readonly<Record<string, unknown>>): string {
  return template.replace(/\{(\w+)\}/g, (text, name) => {
    const value = values[name];
    return typeof value === 'string' ? escaped(value) : text;
  });
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character);
}
