import { InvalidArgumentError } from 'commander';

/** Readers of command-line options and their environment variables. Each throws an error that commander explains. */

export function readPort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError('It must be a port from 0 to 65535.');
}

export function readHops(text: string): number {
  if (/^\d{1,2}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a number from 0 to 99.');
}

export function readMode(text: string): number {
  if (/^0?[0-7]{3}$/.test(text)) return Number.parseInt(text, 8);
  throw new InvalidArgumentError('It must be permissions as three octal digits, such as 660.');
}

export function readCookieName(text: string): string {
  // RFC 9110 §5.6.2: a token.
  if (/^[\w!#$%&'*+.^`|~-]+$/.test(text)) return text;
  throw new InvalidArgumentError('It must be the name of a cookie.');
}

export function readText(text: string): string {
  if (text.trim() !== '') return text;
  throw new InvalidArgumentError('It must not be empty.');
}

export function readUrl(text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  throw new InvalidArgumentError('It must be an absolute URL with http or https.');
}

export function readOrigin(text: string): string {
  const url = readUrl(text);
  if (new URL(url).origin === url.toLowerCase().replace(/\/$/, '')) return new URL(url).origin;
  throw new InvalidArgumentError('It must be an origin without a path, such as https://app.example.com.');
}

/** For an option that may be repeated, or have several values that are separated by commas. */
export function listOf(read: (text: string) => string): (text: string, previous?: string[]) => string[] {
  return (text, previous = []) => [...previous, ...text.split(',').map((part) => read(part.trim()))];
}
