import { LRUCache } from 'lru-cache';

/** More than there are clients and combinations of roles in most installations. */
const MAX_SHARED = 1_024;

const texts = new LRUCache<string, string>({ max: MAX_SHARED });
const lists = new LRUCache<string, readonly string[]>({ max: MAX_SHARED });
const NONE: readonly string[] = Object.freeze([]);

/** One copy of a text that many tokens have in common: every parsed token brings its own. */
export function sharedText(text: string): string {
  const known = texts.get(text);
  if (known !== undefined) return known;
  texts.set(text, text);
  return text;
}

/** One frozen copy of a list that many tokens have in common. */
export function sharedTexts(list: readonly string[]): readonly string[] {
  if (list.length === 0) return NONE;
  const key = JSON.stringify(list);
  const known = lists.get(key);
  if (known !== undefined) return known;
  const shared = Object.freeze(list.map(sharedText));
  lists.set(key, shared);
  return shared;
}
