import { readBearerToken } from '../../tokens/bearer-token.js';

/**
 * Reads the token of what a transport has instead of HTTP headers.
 *
 * @param values by name; upper and lower case are equal, as in HTTP
 * @returns undefined if there is no value named `authorization`
 * @throws {GuardError} invalid_token if that value is not one Bearer token
 */
export function bearerValue(values: Readonly<Record<string, unknown>> | undefined): string | undefined {
  const named = Object.entries(values ?? {}).filter(([name]) => name.toLowerCase() === 'authorization');
  if (named.length === 0) return undefined;
  // As the headers of an HTTP request, so that the same rules hold, for example about repeated ones.
  const rawHeaders = named.flatMap(([name, value]) => [value].flat().flatMap((one) => [name, text(one)]));
  return readBearerToken({ headers: { authorization: rawHeaders[1] }, rawHeaders });
}

/** Kafka has headers of bytes. */
const text = (value: unknown): string => (Buffer.isBuffer(value) ? value.toString() : String(value));
