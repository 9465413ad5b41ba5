const TICK_MS = 5;

/** Asks as fast as the answers come. @returns answers per second */
export async function closedLoop(
  ask: (at: number) => Promise<unknown>,
  inFlight: number,
  forMs: number,
): Promise<number> {
  const startedAt = performance.now();
  let asked = 0;
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      while (performance.now() - startedAt < forMs) await ask(asked++);
    }),
  );
  return (asked / (performance.now() - startedAt)) * 1000;
}

/** Asks so many times a second until it is stopped, whether or not the answers come. `stop` tells how many a second came. */
export function pacedLoop(ask: (at: number) => Promise<unknown>, perSecond: number) {
  const startedAt = performance.now();
  let asked = 0;
  let failure: unknown;
  const pending = new Set<Promise<unknown>>();
  const timer = setInterval(() => {
    const due = ((performance.now() - startedAt) / 1000) * perSecond;
    for (; asked < due; asked++) {
      const asking: Promise<unknown> = ask(asked)
        .catch((error: unknown) => {
          failure = error;
        })
        .finally(() => pending.delete(asking));
      pending.add(asking);
    }
  }, TICK_MS);
  return {
    async stop(): Promise<number> {
      clearInterval(timer);
      const seconds = (performance.now() - startedAt) / 1000;
      await Promise.all(pending);
      if (failure) throw failure;
      return asked / seconds;
    },
  };
}
