/**
 * All values that a `Cookie` header has for a name, undecoded. Parsers return one of them, but two values mean that
 * another host has set a cookie of this name (RFC 6265 §8.6, "cookie tossing"): browsers keep one per host and path.
 */
export function cookieValues(header: string | undefined, name: string): string[] {
  if (!header?.includes(name)) return [];
  return header
    .split(';')
    .map(withoutSpaceAround)
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
}

/**
 * Only SP and HTAB are white space around a pair (RFC 6265bis §5.7). `String.trim` also removes U+00A0, and would read
 * a cookie named `<U+00A0>__Host-...`, which any subdomain may set, as one with the protected prefix. A regular
 * expression for the end takes quadratic time for a pair that contains thousands of spaces.
 */
function withoutSpaceAround(pair: string): string {
  let start = 0;
  let end = pair.length;
  while (isSpace(pair[start])) start++;
  while (end > start && isSpace(pair[end - 1])) end--;
  return pair.slice(start, end);
}

function isSpace(character: string | undefined): boolean {
  return character === ' ' || character === '\t';
}
