import type { BrowserContext } from 'playwright-core';

/**
 * Expires the access cookie, as a browser does. `clearCookies` would briefly remove all of them, and a page may send a
 * request in that moment.
 */
export async function expireAccessCookie(context: BrowserContext): Promise<void> {
  const cookies = await context.cookies();
  const access = cookies.filter(({ name }) => name.endsWith('latchkey_access'));
  if (access.length === 0) throw new Error('The browser has no access cookie');
  await context.addCookies(
    access.map(({ name, domain, path, secure }) => {
      const url = `${secure ? 'https' : 'http'}://${domain}${path}`;
      return { name, value: '', url, secure, expires: 1 };
    }),
  );
}
