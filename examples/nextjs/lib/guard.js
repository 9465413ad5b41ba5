import { createGuard } from '@latchkey/guard';

const issuer = process.env.LATCHKEY_ISSUER ?? 'http://localhost:3000';

/** One guard for each process, also when Next.js loads this module several times. */
function guard() {
  globalThis.latchkeyGuard ??= createGuard({
    issuer,
    clientId: process.env.LATCHKEY_CLIENT_ID ?? 'web',
    clientSecret: process.env.LATCHKEY_CLIENT_SECRET ?? '',
    audience: process.env.LATCHKEY_AUDIENCE ?? issuer,
  });
  return globalThis.latchkeyGuard;
}

/** The access cookie has a prefix if the origin of the browser has TLS. */
export const ACCESS_COOKIES = ['__Host-latchkey_access', 'latchkey_access'];

/**
 * Checks the access token in the cookies of a request, from memory.
 *
 * @param {{ get(name: string): { value: string } | undefined }} cookies
 * @param {Headers} headers of the request, for the record of where the session is used
 * @returns the principal; null if the caller is not signed in, or has to refresh
 * @throws a GuardError with the status 503 if the guard cannot tell
 */
export async function principalOf(cookies, headers) {
  const token = ACCESS_COOKIES.map((name) => cookies.get(name)?.value).find(Boolean);
  if (!token) return null;
  // The proxy in front of Next.js has to replace this header, or a client could claim an address.
  const address = headers.get('x-forwarded-for')?.split(',').at(-1)?.trim();
  const userAgent = headers.get('user-agent') ?? undefined;
  try {
    await guard().ready();
    return await guard().check(token, { address, userAgent });
  } catch (error) {
    if (error.status === 401) return null;
    throw error;
  }
}
