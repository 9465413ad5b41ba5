const TICK_MS = 5;

/** Keeps `inFlight` requests in flight: sends the next one when one is answered. @returns answers per second */
export async function closedLoop(
  send: (index: number) => Promise<unknown>,
  inFlight: number,
  forMs: number,
): Promise<number> {
  const startedAt = performance.now();
  let sent = 0;
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      while (performance.now() - startedAt < forMs) await send(sent++);
    }),
  );
  return (sent / (performance.now() - startedAt)) * 1000;
}

/**
 * Sends `perSecond` requests per second until it is stopped, whether or not earlier ones have been answered. `stop`
 * waits for the answers and returns the requests sent per second.
 */
export function pacedLoop(send: (index: number) => Promise<unknown>, perSecond: number) {
  const startedAt = performance.now();
  let sent = 0;
  let failure: unknown;
  const pending = new Set<Promise<unknown>>();
  const timer = setInterval(() => {
    const due = ((performance.now() - startedAt) / 1000) * perSecond;
    for (; sent < due; sent++) {
      const request: Promise<unknown> = send(sent)
        .catch((error: unknown) => {
          failure = error;
        })
        .finally(() => pending.delete(request));
      pending.add(request);
    }
  }, TICK_MS);
  return {
    async stop(): Promise<number> {
      clearInterval(timer);
      const seconds = (performance.now() - startedAt) / 1000;
      await Promise.all(pending);
      if (failure) throw failure;
      return sent / seconds;
    },
  };
}
