/**
 * The values that a `Cookie` header holds under one name, as they were sent. More than one is no cookie of ours:
 * browsers keep one for a host and path, and somebody else has set the other (RFC 6265 §8.6, "cookie tossing").
 */
export function cookieValues(header: string | undefined, name: string): string[] {
  if (!header?.includes(name)) return [];
  return header
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
}
