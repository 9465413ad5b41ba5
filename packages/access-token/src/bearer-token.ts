/** RFC 6750 §2.1: `"Bearer" 1*SP b64token`; RFC 9110 §11.1: the scheme is case-insensitive. */
export const BEARER_SCHEME = /^bearer +/i;

/** Longer tokens are refused before anything is parsed; issued tokens have about 900 characters. */
export const MAX_TOKEN_LENGTH = 4096;

const B64TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/;
const HEADER = 'authorization';

/** Whether the text has only characters that a token can have: no space between two tokens, for example. */
export function isTokenText(text: string): boolean {
  return B64TOKEN.test(text);
}

/**
 * Whether a request has several `Authorization` headers. Node keeps only the first; a proxy in front of the server may have
 * checked another one.
 *
 * @param rawHeaders names and values in turn, as Node has them
 */
export function hasSeveralAuthorizations(rawHeaders: readonly string[]): boolean {
  let times = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at];
    if (name?.length === HEADER.length && name.toLowerCase() === HEADER) times++;
  }
  return times > 1;
}
