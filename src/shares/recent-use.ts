import { LRUCache } from 'lru-cache';

/** After this time, a use counts half. */
const HALF_LIFE_MS = 10_000;
/** Beyond it the least recently used key is forgotten and counts as unused. */
const MAX_KEYS = 20_000;

/** How much each key has used lately: the number of uses, each of which loses half its weight every ten seconds. */
export class RecentUse {
  private readonly uses = new LRUCache<string, { weight: number; at: number }>({ max: MAX_KEYS });

  /** @param now monotonic, milliseconds */
  add(key: string, now: number): void {
    this.uses.set(key, { weight: this.of(key, now) + 1, at: now });
  }

  of(key: string, now: number): number {
    const use = this.uses.peek(key);
    return use ? use.weight * 2 ** ((use.at - now) / HALF_LIFE_MS) : 0;
  }
}
