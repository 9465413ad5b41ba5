import type { TokenStorage } from './token-storage.js';

/** Forgets everything when the page or the process ends. */
export function memoryStorage(): TokenStorage {
  let kept: string | null = null;
  return {
    load: () => kept,
    save: (text) => {
      kept = text;
    },
  };
}
