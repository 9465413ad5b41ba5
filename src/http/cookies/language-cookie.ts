import { stringifySetCookie } from 'cookie';
import type { LanguageTag } from '../../languages/languages.js';

/** Without `__Host-`: the page sets it too, and it is no secret. */
export const LANGUAGE_COOKIE = 'latchkey_language';

const MAX_AGE_SECONDS = 400 * 86_400;

/** A `Set-Cookie` header that scripts of the page can read. `Lax`, so that a link from another site opens the page in it. */
export function languageCookie(language: LanguageTag, isSecure: boolean): string {
  return stringifySetCookie({
    name: LANGUAGE_COOKIE,
    value: language,
    maxAge: MAX_AGE_SECONDS,
    path: '/',
    secure: isSecure,
    sameSite: 'lax',
  });
}
