import { LRUCache } from 'lru-cache';
import { BROWSER_LIKE, BROWSER_NAMES, describeUserAgent } from './describe-user-agent.js';
import { KNOWN_PROGRAMS } from './program-kind.js';

/** What stays the same when a client is updated: `Chrome` on `Windows`, without versions. */
export interface ClientFamily {
  readonly isBrowser: boolean;
  readonly name: string | null;
  readonly system: string | null;
}

/** Most clients send one of a few thousand headers. */
const known = new LRUCache<string, ClientFamily>({ max: 5_000 });

const UNKNOWN_PROGRAM: ClientFamily = { isBrowser: false, name: null, system: null };

/** @param userAgent a `User-Agent` header of limited length */
export function clientFamily(userAgent: string): ClientFamily {
  let family = known.get(userAgent);
  if (!family) {
    const { browser, system } = describeUserAgent(userAgent);
    family = familyOf(browser, system, BROWSER_LIKE.test(userAgent));
    known.set(userAgent, family);
  }
  return family;
}

/** The family of a client whose description is stored with a device. */
export function describedFamily(browser: string | null, system: string | null): ClientFamily {
  const family = familyOf(browser, system, true);
  return { ...family, isBrowser: family.name !== null && BROWSER_NAMES.has(family.name) };
}

function familyOf(browser: string | null, system: string | null, isBrowserLike: boolean): ClientFamily {
  const isBrowser = isBrowserLike && browser !== null;
  const name = browser?.replace(/ \d+$/, '') ?? null;
  if (!isBrowser && (name === null || !KNOWN_PROGRAMS.has(name.toLowerCase()))) return UNKNOWN_PROGRAM;
  return { isBrowser, name, system: system?.replace(/ (\d[\d.]*|XP|Vista)$/, '') ?? null };
}

/** The text that is stored with a session: `browser:Chrome:Windows`. */
export function familyText({ isBrowser, name, system }: ClientFamily): string {
  return [isBrowser ? 'browser' : 'program', name ?? '', system ?? ''].join(':');
}

/** Parses a stored family. An invalid text becomes a program without a name. */
export function familyFromText(text: string): ClientFamily {
  const [kind, name, system] = text.split(':');
  return { isBrowser: kind === 'browser', name: name || null, system: system || null };
}

/** For display: `Chrome on Windows`. */
export function clientText({ name, system }: Pick<ClientFamily, 'name' | 'system'>): string | null {
  return [...new Set([name, system])].filter(Boolean).join(' on ') || null;
}
