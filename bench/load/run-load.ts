import type { ServerProcess } from '../servers/server-process.js';
import { runAutocannon } from './autocannon.js';
import { loadGenerator } from './load-generator.js';
import { runWrk } from './wrk.js';

/** The requests to send to one route. `{}` in a header or in the body stands for the next credential. */
export interface LoadTarget {
  readonly url: string;
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** One credential per line, sent in rotation. A run continues where the previous one stopped. */
  readonly credentialsFile: string;
  /** Occurs in the body of every granted response. Searched for only if `checked`, since it costs the generator time. */
  readonly expect?: string;
}

export interface LoadOptions {
  readonly connections: number;
  readonly seconds: number;
  /** Also checks that each body contains `expect`. */
  readonly checked?: boolean;
}

/**
 * Requests sent so far, by credentials file. If each run started again with the first credential, it would meet
 * sessions that a small cache still holds.
 */
const turns = new Map<string, number>();

/** As measured by the generator, which sends a connection's next request only after the answer to the previous one. */
export interface LoadResult {
  readonly requests: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Responses that are not 2xx, failed connections, and bodies without the expected text. */
  readonly errors: number;
  /** Mean size of a response, with its headers. */
  readonly bytes: number;
}

export interface MeasuredLoad extends LoadResult {
  /** CPU time of the server divided by the duration of the run. Near 1, the server limits the figure. */
  readonly serverBusy: number;
}

/** @throws if any request failed: figures that include errors are useless */
export async function runLoad(
  server: ServerProcess,
  target: LoadTarget,
  options: LoadOptions,
): Promise<MeasuredLoad> {
  const cpuBefore = server.cpuSeconds();
  const startedAt = performance.now();
  const turn = turns.get(target.credentialsFile) ?? 0;
  const load = await (loadGenerator() === 'wrk'
    ? runWrk(target, options, turn)
    : runAutocannon(target, options, turn));
  // Requests in flight at the end were sent but are not counted in `requests`.
  turns.set(target.credentialsFile, turn + load.requests + options.connections);
  const serverBusy = (server.cpuSeconds() - cpuBefore) / ((performance.now() - startedAt) / 1_000);
  if (load.errors > 0) {
    throw new Error(
      `${target.url}: ${load.errors} of ${load.requests} requests failed\n${server.output.slice(-2_000)}`,
    );
  }
  return { ...load, serverBusy };
}
