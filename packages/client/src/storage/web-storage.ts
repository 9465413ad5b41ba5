import type { TokenStorage } from './token-storage.js';

/**
 * `localStorage`: all tabs of the origin share one session, which outlives them. Every script of the origin can read the
 * tokens; cookie mode protects them better.
 */
export function webStorage(key = 'latchkey'): TokenStorage {
  return {
    isShared: true,
    load: () => localStorage.getItem(key),
    save: (text) => localStorage.setItem(key, text),
  };
}
