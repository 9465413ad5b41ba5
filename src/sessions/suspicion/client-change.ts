import type { ClientFamily } from '../../user-agents/client-family.js';

/**
 * "Request desktop site" makes a phone or tablet claim one of these desktop systems; the browser's name stays the same.
 * Chrome and Firefox on Android claim Linux; Safari and all other browsers on iOS claim macOS.
 */
const DESKTOP_SITES = [
  ['Android', 'Linux'],
  ['iOS', 'macOS'],
];

/**
 * Whether a request comes from a different client than those the session is known for. Versions of browser and system are
 * not compared, so updates and rollbacks do not count.
 *
 * @param known the first one opened the session; empty for sessions opened before clients were recorded
 */
export function clientChange(
  known: readonly ClientFamily[],
  now: ClientFamily,
): 'client_changed' | 'client_scripted' | null {
  // An app makes requests through several libraries and embedded browsers, each with a different name.
  if (!known[0]?.isBrowser || known.some((one) => isSame(one, now))) return null;
  return now.isBrowser ? 'client_changed' : 'client_scripted';
}

function isSame(one: ClientFamily, other: ClientFamily): boolean {
  if (one.isBrowser !== other.isBrowser) return false;
  if (isAppleDesktopSite(one, other) || isAppleDesktopSite(other, one)) return true;
  return one.name === other.name && isSameSystem(one.system, other.system);
}

/**
 * Every browser on iOS and iPadOS is built on the web view of Safari. For a desktop site, some leave out their own name
 * and claim to be Safari on a Mac, and an iPad does so for every site by default.
 */
function isAppleDesktopSite(mobile: ClientFamily, desktop: ClientFamily): boolean {
  return mobile.system === 'iOS' && desktop.system === 'macOS' && desktop.name === 'Safari';
}

/** A missing value is not evidence of a change. */
function isSameSystem(one: string | null, other: string | null): boolean {
  if (one === null || other === null || one === other) return true;
  return DESKTOP_SITES.some((pair) => pair.includes(one) && pair.includes(other));
}
