import type { ClientFamily } from '../../user-agents/client-family.js';

/**
 * "Request desktop site" makes a phone or tablet say that it is one of these desktops; the browser keeps its name.
 * Chrome and Firefox on Android say Linux, Safari and all others on iOS say macOS.
 */
const DESKTOP_SITES = [
  ['Android', 'Linux'],
  ['iOS', 'macOS'],
];

/**
 * Whether a client is another one than those that a session is known for. An update, a roll-back and another version of
 * the system are none: versions are not compared.
 *
 * @param known the first is the one that the session was opened by; none for a session from before they were kept
 */
export function clientChange(
  known: readonly ClientFamily[],
  now: ClientFamily,
): 'client_changed' | 'client_scripted' | null {
  // An app calls through several libraries and through browsers that it embeds, each with a name of its own.
  if (!known[0]?.isBrowser || known.some((one) => isSame(one, now))) return null;
  return now.isBrowser ? 'client_changed' : 'client_scripted';
}

function isSame(one: ClientFamily, other: ClientFamily): boolean {
  return (
    one.isBrowser === other.isBrowser && one.name === other.name && isSameSystem(one.system, other.system)
  );
}

/** What is not told is no evidence. */
function isSameSystem(one: string | null, other: string | null): boolean {
  if (one === null || other === null || one === other) return true;
  return DESKTOP_SITES.some((pair) => pair.includes(one) && pair.includes(other));
}
