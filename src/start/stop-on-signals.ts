import { setTimeout as sleep } from 'node:timers/promises';
import { isatty } from 'node:tty';

/** Longer than requests may take to finish and last uses to be written. Later, only a dependency can still hang. */
const STOP_MAX_MS = 20_000;
const STANDARD_INPUT = 0;
/**
 * A signal to a process group arrives twice if a parent such as npm forwards it as well: what follows the first signal
 * within this time is a copy of it.
 */
const COPIES_MS = 1_000;

export interface Stop {
  /** How long the service continues to serve after it was announced that it stops. */
  readonly delayMs: number;
  /** Tells load balancers to send requests elsewhere. */
  announce(): void;
  /** Finishes the requests in flight and closes everything. */
  close(): Promise<void>;
}

const NOT_STARTED: Stop = { delayMs: 0, announce: () => {}, close: async () => {} };

/**
 * Stops the process on SIGTERM and SIGINT, with exit code 0: a service that finished its requests has not failed. Nest's
 * shutdown hooks would let the signal terminate the process instead. A second signal skips the delay; further ones are
 * ignored.
 *
 * SIGHUP stops the process only if its terminal was closed. Log rotation sends SIGHUP to every instance, also to those that
 * have no file to open again.
 *
 * Call this first: in a container, a signal without a handler is ignored by the first process.
 *
 * @param fail receives the error if stopping fails
 * @returns a function that takes what to do on a signal; until it is called, the process stops at once
 */
export function stopOnSignals(fail: (error: unknown) => void): (stop: Stop) => void {
  let stop = NOT_STARTED;
  let firstAt: number | null = null;
  const delay = new AbortController();
  const onSignal = () => {
    const now = performance.now();
    if (firstAt !== null) {
      if (now - firstAt > COPIES_MS) delay.abort();
      return;
    }
    firstAt = now;
    stopAfterDelay(stop, delay.signal).then(() => process.exit(0), fail);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, onSignal);
  const startedOnTerminal = isatty(STANDARD_INPUT);
  process.on('SIGHUP', () => {
    if (startedOnTerminal && !isatty(STANDARD_INPUT)) onSignal();
  });
  return (given) => {
    stop = given;
  };
}

async function stopAfterDelay({ delayMs, announce, close }: Stop, skip: AbortSignal): Promise<void> {
  announce();
  // It rejects only when the delay is skipped.
  if (delayMs > 0) await sleep(delayMs, undefined, { signal: skip }).catch(() => {});
  setTimeout(() => process.exit(0), STOP_MAX_MS).unref();
  await close();
}
