import type { LoadTarget } from '../load/run-load.js';

const TIMEOUT_MS = 5_000;

export interface ProbeResult {
  /** `null`: no answer within five seconds, or a failed connection. */
  readonly status: number | null;
  readonly granted: boolean;
  readonly ms: number;
}

/**
 * Sends one request with one credential. The body decides whether it was granted, since some contenders answer
 * a refused request with 200.
 */
export async function probe(target: LoadTarget, credential: string): Promise<ProbeResult> {
  const fill = (text: string) => text.replaceAll('{}', () => credential);
  const startedAt = performance.now();
  try {
    const response = await fetch(target.url, {
      method: target.method ?? 'GET',
      headers: Object.entries(target.headers ?? {}).map(([name, value]): [string, string] => [
        name,
        fill(value),
      ]),
      ...(target.body ? { body: fill(target.body) } : {}),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const granted = response.ok && (await response.text()).includes(target.expect ?? '');
    return { status: response.status, granted, ms: performance.now() - startedAt };
  } catch {
    // A missing answer is a result here, not a failure: it is what a client sees during an outage.
    return { status: null, granted: false, ms: performance.now() - startedAt };
  }
}
