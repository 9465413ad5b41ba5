/**
 * All values that a `Cookie` header has for a name, undecoded. Parsers return one of them, but two values mean that
 * another host has set a cookie of this name (RFC 6265 §8.6, "cookie tossing"): browsers keep one per host and path.
 */
export function cookieValues(header: string | undefined, name: string): string[] {
  if (!header?.includes(name)) return [];
  return header
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
}
