/** So long after their last sign somebody is still in front of the page. */
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

/** At once where somebody is here, else when they come back. A page that lies open alone keeps no session alive. */
export function untilUserIsActive(): Promise<void> {
  if (performance.now() - lastActivityAt < ACTIVE_MS) return Promise.resolve();
  return new Promise((resolve) => {
    waiting = [...waiting, resolve];
  });
}
