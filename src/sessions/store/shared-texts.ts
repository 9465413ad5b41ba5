import { LRUCache } from 'lru-cache';

/** More than there are browsers, systems and common device names. Users can name devices as they like. */
const MAX_TEXTS = 4_096;

const texts = new LRUCache<string, string>({ max: MAX_TEXTS });
const NONE: readonly string[] = Object.freeze([]);

/** One copy of a text that many sessions have in common: every row from Postgres and Redis brings its own copy. */
export function sharedText<T extends string>(text: T): T {
  const known = texts.get(text);
  if (known !== undefined) return known as T;
  texts.set(text, text);
  return text;
}

export function sharedTexts(all: readonly string[]): readonly string[] {
  return all.length > 0 ? all.map(sharedText) : NONE;
}
