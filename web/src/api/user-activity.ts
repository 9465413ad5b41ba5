/** So long after their last sign somebody is still in front of the page. */
const HERE_MS = 60_000;

let lastSignAt = performance.now();
let waiting: (() => void)[] = [];

for (const sign of ['pointerdown', 'keydown', 'wheel']) {
  addEventListener(sign, somebodyIsHere, { capture: true, passive: true });
}

function somebodyIsHere(): void {
  lastSignAt = performance.now();
  for (const go of waiting.splice(0)) go();
}

/** At once where somebody is here, else when they come back. A page that lies open alone keeps no session alive. */
export function whenSomebodyIsHere(): Promise<void> {
  if (performance.now() - lastSignAt < HERE_MS) return Promise.resolve();
  return new Promise((resolve) => {
    waiting = [...waiting, resolve];
  });
}
