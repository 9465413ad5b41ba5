import type { Answer } from './api.js';

/** What differs between any two answers. */
const OF_EACH_ANSWER = ['date', 'x-request-id'];

/** All of an answer that a client could learn something from, byte for byte. */
export function responseFingerprint({ status, text, headers }: Answer<unknown>) {
  return {
    status,
    text,
    headers: [...headers].filter(([name]) => !OF_EACH_ANSWER.includes(name)),
  };
}
