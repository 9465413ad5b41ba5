import { LRUCache } from 'lru-cache';
import type { SessionSnapshot } from './session-snapshot.js';

/** More than there are browsers, systems and usual names; devices may be called anything. */
const MAX_TEXTS = 4_096;

const texts = new LRUCache<string, string>({ max: MAX_TEXTS });
const NONE: readonly string[] = Object.freeze([]);

/**
 * The snapshot with one copy of each text that many sessions have in common. What arrives from Postgres or Redis
 * comes with copies of its own.
 */
export function withSharedTexts(snapshot: SessionSnapshot): SessionSnapshot {
  const { profile } = snapshot;
  return {
    ...snapshot,
    status: sharedText(snapshot.status),
    countries: snapshot.countries.length > 0 ? snapshot.countries.map(sharedText) : NONE,
    clients: snapshot.clients.length > 0 ? snapshot.clients.map(sharedText) : NONE,
    profile: {
      ...profile,
      deviceName: sharedText(profile.deviceName),
      deviceKind: sharedText(profile.deviceKind),
      browser: profile.browser && sharedText(profile.browser),
      system: profile.system && sharedText(profile.system),
    },
  };
}

/** The one copy of a text that many sessions have in common. */
export function sharedText<T extends string>(text: T): T {
  const known = texts.get(text);
  if (known !== undefined) return known as T;
  texts.set(text, text);
  return text;
}
