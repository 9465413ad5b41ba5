/** Longer than requests may take to finish and last uses to be written. Later, only a dependency can still hang. */
const STOP_MAX_MS = 20_000;

/**
 * Stops the process on SIGTERM and SIGINT, with exit code 0: a service that finished its requests has not failed. Nest's
 * shutdown hooks would let the signal terminate the process instead. Further signals are ignored.
 *
 * Call this first: in a container, a signal without a handler is ignored by the first process.
 *
 * @param fail receives the error if stopping fails
 * @returns a function that takes what to do on a signal; until it is called, the process stops at once
 */
export function stopOnSignals(fail: (error: unknown) => void): (stop: () => Promise<void>) => void {
  let stop = async () => {};
  let isStopping = false;
  const onSignal = () => {
    if (isStopping) return;
    isStopping = true;
    setTimeout(() => process.exit(0), STOP_MAX_MS).unref();
    stop().then(() => process.exit(0), fail);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, onSignal);
  return (given) => {
    stop = given;
  };
}
