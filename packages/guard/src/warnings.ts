const SILENCE_MS = 60_000;

/** Reports errors as warnings of the process; the same message at most once a minute. */
export function processWarnings(now: () => number = () => performance.now()): (error: unknown) => void {
  let last = { message: '', at: 0 };
  return (error) => {
    const message = error instanceof Error ? error.message : String(error);
    if (message === last.message && now() - last.at < SILENCE_MS) return;
    last = { message, at: now() };
    process.emitWarning(message, 'LatchkeyGuardWarning');
  };
}
