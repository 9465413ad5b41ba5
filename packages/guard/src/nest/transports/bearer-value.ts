import { readBearerToken } from '../../http/bearer-token.js';

/**
 * Reads the token of what a transport has instead of HTTP headers.
 *
 * @param values by name; upper and lower case are equal, as in HTTP. A list is a value that was sent several times
 * @returns undefined if there is no value named `authorization`
 * @throws {GuardError} invalid_token if there is not exactly one, or it is not a Bearer token
 */
export function bearerValue(values: Readonly<Record<string, unknown>> | undefined): string | undefined {
  const named = Object.entries(values ?? {}).filter(([name]) => name.toLowerCase() === 'authorization');
  // As the headers of an HTTP request, so that the same rules hold.
  const rawHeaders = named.flatMap(([name, value]) => [value].flat().flatMap((one) => [name, textOf(one)]));
  if (rawHeaders.length === 0) return undefined;
  return readBearerToken({ headers: { authorization: rawHeaders[1] }, rawHeaders });
}

/** Headers of Kafka are bytes. */
function textOf(value: unknown): string {
  return Buffer.isBuffer(value) ? value.toString() : String(value);
}
