/** The user counts as active for this long after the last input. */
const ACTIVE_MS = 60_000;

let lastActivityAt = performance.now();
let waiting: (() => void)[] = [];

for (const event of ['pointerdown', 'keydown', 'wheel']) {
  addEventListener(event, noteActivity, { capture: true, passive: true });
}

function noteActivity(): void {
  lastActivityAt = performance.now();
  for (const resume of waiting.splice(0)) resume();
}

/** Resolves at once if the user is active, otherwise on the next input. An unattended page keeps no session alive. */
export function untilUserIsActive(): Promise<void> {
  if (performance.now() - lastActivityAt < ACTIVE_MS) return Promise.resolve();
  return new Promise((resolve) => {
    waiting = [...waiting, resolve];
  });
}
