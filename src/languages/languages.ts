import Negotiator from 'negotiator';
import * as de from './catalogues/de.js';
import * as en from './catalogues/en.js';
import type { Language } from './language.js';

/** The languages of the page and of mails. docs/developing.md says how to add one. */
export const LANGUAGES = { en, de } as const satisfies Record<string, Language>;

export type LanguageTag = keyof typeof LANGUAGES;

export const LANGUAGE_TAGS = Object.keys(LANGUAGES) as LanguageTag[];

/** For people whose language is unknown or not among these. */
export const DEFAULT_LANGUAGE: LanguageTag = 'en';

/** A database may name a language that this version does not have. */
export function isLanguageTag(text: unknown): text is LanguageTag {
  return typeof text === 'string' && Object.hasOwn(LANGUAGES, text);
}

/**
 * The best of the languages for an `Accept-Language` header (RFC 9110 §12.5.4).
 *
 * @returns `null` if the header is missing or names none of them
 */
export function acceptedLanguage(header: string | undefined): LanguageTag | null {
  // Node's fetch sends `*` by itself, so it says nothing about a person.
  if (!header || header.trim() === '*') return null;
  const [best] = new Negotiator({ headers: { 'accept-language': header } }).languages(LANGUAGE_TAGS);
  return isLanguageTag(best) ? best : null;
}
