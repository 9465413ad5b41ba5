import { PAGE_SETTINGS } from '../page-settings';

/** Whether this browser keeps cookies like those of a session. It does not report that it ignores one. */
export function keepsCookies(): boolean {
  const isSecure = PAGE_SETTINGS.cookies === 'secure';
  const name = isSecure ? '__Host-latchkey_probe' : 'latchkey_probe';
  const attributes = `Path=/; SameSite=Strict${isSecure ? '; Secure' : ''}`;
  try {
    // biome-ignore lint/suspicious/noDocumentCookie: Cookie Store API is missing in some browsers that the page supports.
    document.cookie = `${name}=1; Max-Age=60; ${attributes}`;
    const isKept = document.cookie.includes(`${name}=1`);
    // biome-ignore lint/suspicious/noDocumentCookie: see above.
    document.cookie = `${name}=; Max-Age=0; ${attributes}`;
    return isKept;
  } catch {
    // A browser that blocks cookies may also throw.
    return false;
  }
}
