/** The user counts as active for this long after the last sign of them. */
const ACTIVE_MS = 60_000;

type WaitingListener = (isWaiting: boolean) => void;

let lastActivityAt = performance.now();
let waiting: (() => void)[] = [];
const listeners = new Set<WaitingListener>();

for (const event of ['pointerdown', 'keydown', 'wheel', 'touchmove', 'focus', 'pageshow']) {
  addEventListener(event, noteActivity, { capture: true, passive: true });
}
addEventListener(
  'pointermove',
  // Browsers also report a pointer that only the layout has moved under.
  ({ movementX, movementY }) => (movementX || movementY) && noteActivity(),
  { capture: true, passive: true },
);
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) noteActivity();
});

function noteActivity(): void {
  lastActivityAt = performance.now();
  if (waiting.length === 0) return;
  for (const resume of waiting.splice(0)) resume();
  notify();
}

/** Resolves at once if the user is active, otherwise when they return. An unattended page keeps no session alive. */
export function untilUserIsActive(): Promise<void> {
  if (performance.now() - lastActivityAt < ACTIVE_MS) return Promise.resolve();
  return new Promise((resolve) => {
    waiting = [...waiting, resolve];
    notify();
  });
}

/** Reports whether requests wait for the user. @returns a function that unsubscribes */
export function watchWaiting(listener: WaitingListener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function notify(): void {
  for (const listener of listeners) listener(waiting.length > 0);
}
