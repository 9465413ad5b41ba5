import type * as english from './catalogues/en.js';

/** The English catalogue says which texts there are. A catalogue that lacks one, or has another, does not compile. */
export type PageTexts = typeof english.page;
export type PlaceholderTexts = typeof english.placeholder;
export type AccountTexts = typeof english.account;
export type LinkTexts = typeof english.links;
export type MailTexts = typeof english.mail;

export interface AboutLanguage {
  /** BCP 47; also the name of the file. */
  readonly tag: string;
  readonly direction: 'ltr' | 'rtl';
  /** Whose region writes the dates in mails. */
  readonly locale: string;
}

/** All texts of one language. Those of the page are in parts, so that each script has only the texts that it needs. */
export interface Language {
  readonly about: AboutLanguage;
  readonly page: PageTexts;
  readonly placeholder: PlaceholderTexts;
  readonly account: AccountTexts;
  readonly links: LinkTexts;
  readonly mail: MailTexts;
}
