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
  return (
    one.isBrowser === other.isBrowser && one.name === other.name && isSameSystem(one.system, other.system)
  );
}

/** A missing value is not evidence of a change. */
function isSameSystem(one: string | null, other: string | null): boolean {
  if (one === null || other === null || one === other) return true;
  return DESKTOP_SITES.some((pair) => pair.includes(one) && pair.includes(other));
}
