import type { Guard } from '../guard.js';

/** Longer than a promise that is already resolved needs. */
const PATIENCE_MS = 50;

/** Whether the guard checks from memory now. */
export function readinessOf(guard: Pick<Guard, 'ready'>): () => Promise<boolean> {
  return () => {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), PATIENCE_MS);
      guard
        .ready()
        .then(
          () => resolve(true),
          () => resolve(false),
        )
        .finally(() => clearTimeout(timer));
    });
  };
}
