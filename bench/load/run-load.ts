import type { ServerProcess } from '../servers/server-process.js';
import { runAutocannon } from './autocannon.js';
import { loadGenerator } from './load-generator.js';
import { runWrk } from './wrk.js';

/** Requests to one route. `{}` in a header or in the body stands for the credential whose turn it is. */
export interface LoadTarget {
  readonly url: string;
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** One credential per line, sent in rotation; a run goes on where the last one ended. */
  readonly credentialsFile: string;
  /** Is in the body of every good answer; looked for while warming, since looking takes the generator's time. */
  readonly expect?: string;
}

export interface LoadOptions {
  readonly connections: number;
  readonly seconds: number;
  /** Looks into the bodies, too. */
  readonly checked?: boolean;
}

/** Whose turn it is, by file: a rotation that began anew would meet sessions that a small memory still holds. */
const turns = new Map<string, number>();

/** As the generator saw it. Latencies in milliseconds, of a closed loop: a slow answer delays the next request. */
export interface LoadResult {
  readonly requests: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Answers that are not 2xx, failed connections, and bodies without what was expected. */
  readonly errors: number;
  /** Mean size of an answer with its headers; NaN where the generator does not tell. */
  readonly bytes: number;
}

export interface MeasuredLoad extends LoadResult {
  /** CPU time of the server over the time of the run: near 1, the server is what limits the figure. */
  readonly serverBusy: number;
}

/** @throws when one answer is not 2xx, or a connection fails: figures with errors in them are none */
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
  // Requests under way at the end were sent, and are not counted.
  turns.set(target.credentialsFile, turn + load.requests + options.connections);
  const serverBusy = (server.cpuSeconds() - cpuBefore) / ((performance.now() - startedAt) / 1_000);
  if (load.errors > 0) {
    throw new Error(
      `${target.url}: ${load.errors} of ${load.requests} requests failed\n${server.output.slice(-2_000)}`,
    );
  }
  return { ...load, serverBusy };
}
