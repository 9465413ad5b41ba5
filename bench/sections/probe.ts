import type { LoadTarget } from '../load/run-load.js';

const TIMEOUT_MS = 5_000;

export interface ProbeResult {
  /** `null`: none within five seconds, or a broken connection. */
  readonly status: number | null;
  readonly granted: boolean;
  readonly ms: number;
}

/** One request with one credential. Whether it was granted is told by the body: some refuse with a 200. */
export async function probe(target: LoadTarget, credential: string): Promise<ProbeResult> {
  const fill = (text: string) => text.replaceAll('{}', () => credential);
  const startedAt = performance.now();
  try {
    const answer = await fetch(target.url, {
      method: target.method ?? 'GET',
      headers: Object.entries(target.headers ?? {}).map(([name, value]): [string, string] => [
        name,
        fill(value),
      ]),
      ...(target.body ? { body: fill(target.body) } : {}),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const granted = answer.ok && (await answer.text()).includes(target.expect ?? '');
    return { status: answer.status, granted, ms: performance.now() - startedAt };
  } catch {
    // No answer is an answer here: it is what people would see.
    return { status: null, granted: false, ms: performance.now() - startedAt };
  }
}
