import type { ClientHints } from './client-hints.js';
import { androidModel } from './device-model.js';
import type { Found } from './found.js';

/** The platforms of client hints whose names are also those of systems in descriptions. */
const PLATFORMS: ReadonlySet<string | null> = new Set(['Windows', 'macOS', 'Android']);
/** https://learn.microsoft.com/microsoft-edge/web-platform/how-to-detect-win11 */
const FIRST_OF_WINDOWS_11 = 13;

/**
 * Adds what only hints say. Hints about another system than the header's are ignored: one of the two is not true, or a
 * proxy sent only one of them.
 */
export function withHints(found: Found, hints: ClientHints): Found {
  if (hints.hasTouch && found.system === 'macOS') return asIpad(found);
  const isAboutSystem = PLATFORMS.has(hints.platform) && hints.platform === found.system;
  if (!isAboutSystem) return found;
  const device = (hints.model !== null && androidModel(hints.model)) || found.device;
  return { ...found, device, systemVersion: systemVersion(found, hints) || found.systemVersion };
}

/** No Mac has a touch screen. */
function asIpad(found: Found): Found {
  const device = { brand: 'Apple', model: 'iPad', kind: 'tablet' } as const;
  return { ...found, system: 'iOS', systemVersion: '', kind: 'tablet', device };
}

function systemVersion({ system }: Found, { platformVersion }: ClientHints): string {
  const [major, minor = '0'] = /^(\d{1,3})(?:\.(\d{1,3}))?/.exec(platformVersion ?? '')?.slice(1) ?? [];
  if (major === undefined || major === '0') return '';
  if (system === 'Windows') return Number(major) >= FIRST_OF_WINDOWS_11 ? '11' : '10';
  return minor === '0' || system === 'Android' ? major : `${major}.${minor}`;
}
