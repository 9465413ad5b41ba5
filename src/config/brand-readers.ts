import type { Reader } from './readers.js';

/** It becomes part of the sender of mails, so it has none of the characters that have a meaning there. */
export const brandName: Reader<string> = (value) => {
  if (!/^(?!\s)[^\p{C}<>@"\\]{1,40}(?<!\s)$/u.test(value))
    throw new TypeError('must be 1 to 40 characters, without <, >, @, " and \\');
  return value;
};

/** @returns `#rrggbb` in lower case */
export const color: Reader<string> = (value) => {
  if (!/^#[0-9a-f]{6}$/i.test(value)) throw new TypeError('must be a colour such as #1a56c4');
  return value.toLowerCase();
};

/** Where people are sent to: no other scheme, which a browser could run as code, and no credentials. */
export const linkUrl: Reader<string> = (value) => {
  const url = URL.canParse(value) ? new URL(value) : null;
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '')
    throw new TypeError('must be a URL that starts with https:// or http://');
  return url.href;
};
