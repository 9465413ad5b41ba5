/** Longer than requests get to finish and last uses to be written; what still hangs then is a dependency. */
const STOP_MAX_MS = 20_000;

/**
 * Stops the process in good order at SIGTERM and SIGINT, with exit code 0: a service that drained has not failed.
 * Not Nest's shutdown hooks, which end the process by the signal. Another signal meanwhile changes nothing.
 *
 * To be called first: as the first process of a container, a signal that nobody handles would be ignored.
 *
 * @param fail told what went wrong
 * @returns takes what ends everything, once there is something to end
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
