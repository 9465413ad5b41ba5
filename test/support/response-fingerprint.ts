import type { Answer } from './answer.js';

/** Headers that differ between any two responses. */
const ALWAYS_DIFFERENT = ['date', 'x-request-id'];

/** Everything in a response that a client could learn from, byte for byte, to compare two responses. */
export function responseFingerprint({ status, text, headers }: Answer<unknown>) {
  return {
    status,
    text,
    headers: [...headers].filter(([name]) => !ALWAYS_DIFFERENT.includes(name)),
  };
}
