const SILENCE_MS = 60_000;
const MAX_MESSAGES = 1_000;

/**
 * Writes errors to the log, the same message at most once a minute: an instance that is away fails every attempt to reach
 * it.
 *
 * @param now monotonic milliseconds
 */
export function faultLog(
  log: (message: string) => void,
  now: () => number = () => performance.now(),
): (error: unknown) => void {
  const writtenAt = new Map<string, number>();
  return (error) => {
    const message = error instanceof Error ? error.message : String(error);
    const last = writtenAt.get(message);
    if (last !== undefined && now() - last < SILENCE_MS) return;
    if (writtenAt.size >= MAX_MESSAGES) writtenAt.clear();
    writtenAt.set(message, now());
    log(message);
  };
}
