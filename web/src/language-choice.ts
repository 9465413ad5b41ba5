import { restoreLinkToken } from './links/link-token';
import { about } from './messages';
import { PAGE_SETTINGS } from './page-settings';

/** The service reads this cookie, and sets it at a sign-in. */
const COOKIE = 'latchkey_language';
const CHOSEN = 'latchkey.chosen-language';
const MAX_AGE_SECONDS = 400 * 86_400;

/** Loads this page again in another language. `chosen` is a choice that the account of its user does not know yet. */
export function showLanguage(tag: string, how: 'chosen' | 'kept'): void {
  rememberLanguage(tag);
  try {
    if (how === 'chosen') sessionStorage.setItem(CHOSEN, tag);
  } catch {
    // Storage is blocked: the choice holds in this browser, and not for the account.
  }
  restoreLinkToken();
  location.reload();
}

/** In this browser, for the next time that it loads a page. */
export function rememberLanguage(tag: string): void {
  const secure = PAGE_SETTINGS.cookies === 'secure' ? '; Secure' : '';
  // biome-ignore lint/suspicious/noDocumentCookie: Firefox 115 has no Cookie Store API.
  document.cookie = `${COOKIE}=${tag}; Path=/; Max-Age=${MAX_AGE_SECONDS}; SameSite=Lax${secure}`;
}

/** The language that a visitor chose in this tab before they signed in; asked once. */
export function takeChosenLanguage(): string | null {
  try {
    const chosen = sessionStorage.getItem(CHOSEN);
    sessionStorage.removeItem(CHOSEN);
    return chosen;
  } catch {
    // Storage is blocked.
    return null;
  }
}

/** Whether the user who has just signed in has chosen another language. Then this page loads again in that one. */
export function followsAccountLanguage(): boolean {
  const [, tag] = /(?:^|;\s*)latchkey_language=([\w-]+)/.exec(document.cookie) ?? [];
  if (tag === undefined || tag === about.tag || !PAGE_SETTINGS.languages.includes(tag)) return false;
  location.reload();
  return true;
}
