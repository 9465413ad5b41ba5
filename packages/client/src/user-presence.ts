const SIGNS = [
  ...['pointerdown', 'keydown', 'wheel', 'touchmove', 'focus', 'pageshow', 'visibilitychange'],
] as const;
/** The user counts as present for this long after the last sign of them. */
const PRESENT_MS = 60_000;

let lastSignAt: number | null = null;
const waiting = new Set<() => void>();
const listeners = new Set<() => void>();

/**
 * Resolves when a user is in front of the page, and at once in programs without one. An unattended page must not keep its
 * session alive.
 *
 * @throws the reason of the signal, when it aborts
 */
export async function untilUserIsPresent(signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  if (typeof document === 'undefined' || performance.now() - (lastSignAt ?? 0) < PRESENT_MS) return;
  let resume = () => {};
  try {
    await new Promise<void>((resolve, reject) => {
      resume = resolve;
      waiting.add(resume);
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      report();
    });
  } finally {
    waiting.delete(resume);
    report();
  }
}

export function isWaitingForUser(): boolean {
  return waiting.size > 0;
}

/** @param listener is called when a request begins or ceases to wait. @returns a function that removes it */
export function watchWaiting(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The user is present in another tab, which has refreshed the tokens. */
export function resumeWaiting(): void {
  for (const resume of waiting) resume();
}

/** Begins to notice the user. A page counts as used when it creates its client. */
export function watchUser(): void {
  if (lastSignAt !== null) return;
  lastSignAt = performance.now();
  const options = { capture: true, passive: true };
  for (const sign of SIGNS) addEventListener(sign, noteSign, options);
  // Browsers also report a pointer that only the layout has moved under.
  addEventListener(
    'pointermove',
    (event) => (event.movementX || event.movementY) && noteSign(event),
    options,
  );
}

function noteSign({ type, target }: Event): void {
  // Pages move the focus between their elements by themselves.
  if (document.hidden || (type === 'focus' && target !== window)) return;
  lastSignAt = performance.now();
  resumeWaiting();
}

function report(): void {
  for (const listener of listeners) listener();
}
