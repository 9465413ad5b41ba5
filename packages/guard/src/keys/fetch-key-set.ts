import { type GetJsonOptions, getJson } from './get-json.js';

const PATH = '.well-known/jwks.json';
const TIMEOUT_MS = 5_000;
const MAX_BYTES = 1_048_576;

/** Fetches the key set of the service from the first instance that answers, starting with the one that answered last. */
export function fetchKeySet(baseUrls: readonly URL[], ca: GetJsonOptions['ca']): () => Promise<unknown> {
  let urls = baseUrls.map((baseUrl) => new URL(PATH, baseUrl));
  return async () => {
    const failures: unknown[] = [];
    for (const url of urls) {
      try {
        const keySet = await getJson(url, { timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES, ca });
        urls = [url, ...urls.filter((other) => other !== url)];
        return keySet;
      } catch (error) {
        failures.push(error);
      }
    }
    throw new AggregateError(
      failures,
      `the key set cannot be fetched: ${failures.map(messageOf).join('; ')}`,
    );
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
