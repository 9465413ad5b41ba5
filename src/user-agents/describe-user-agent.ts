import Bowser from 'bowser';
import type { ClientHints } from './client-hints.js';
import type { DeviceKind } from './device-kind.js';
import { findModel } from './device-model.js';
import { deviceName } from './device-name.js';
import type { Found } from './found.js';
import { programKind } from './program-kind.js';
import { withHints } from './with-hints.js';

export interface DeviceDescription {
  /** For display: `Chrome on macOS`, `Chrome on Pixel 8`, `PlayStation 5`. */
  readonly name: string;
  readonly kind: DeviceKind;
  /** `Chrome 126`, or a program that is not a browser: `curl 8`. */
  readonly browser: string | null;
  /** `Android 14`. */
  readonly system: string | null;
  /** The manufacturer, if it is known: `Google`. */
  readonly brand: string | null;
  /** What the device is sold as: `Pixel 8`. */
  readonly model: string | null;
}

const UNKNOWN: DeviceDescription = {
  name: 'Unknown device',
  kind: 'other',
  browser: null,
  system: null,
  brand: null,
  model: null,
};
const MAX_LENGTH = 512;
const TOKEN_MAX_LENGTH = 32;

const BROWSERS = new Set(Object.values(Bowser.BROWSER_MAP));
const SYSTEMS = new Set(Object.values(Bowser.OS_MAP));
const KINDS: readonly DeviceKind[] = ['desktop', 'mobile', 'tablet', 'tv'];

/** Shorter names, which read better in `… on …`. */
const SHORT_NAMES: Readonly<Record<string, string>> = {
  'Microsoft Edge': 'Edge',
  'Samsung Internet for Android': 'Samsung Internet',
  'Opera Touch': 'Opera',
};

/** Every browser name that a description can contain. */
export const BROWSER_NAMES: ReadonlySet<string> = new Set(
  [...BROWSERS].map((name) => SHORT_NAMES[name] ?? name),
);

/** The header of a browser, or of a program that imitates one, starts like this. Other programs start with their name. */
export const BROWSER_LIKE = /^(Mozilla|Opera)\//;
/** RFC 9110, section 10.1.5: product = token ["/" product-version], the most significant product first. */
const PRODUCT = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+)(?:\/(\d{1,9}))?/;
/** Televisions that bowser reports as phones, tablets or unknown: Fire TV, Sony, Chromecast, Apple TV and HbbTV. */
const TELEVISION = /\b(AFT[A-Z]|BRAVIA|CrKey|Apple ?TV|Android TV|Google ?TV|S(?:mart|MART)-?TV|HbbTV)/;

/**
 * System versions that browsers report regardless of the real one (Chromium's User-Agent Reduction, WebKit bug 216593).
 * They are left out: to a user who checks whether a device is theirs, a wrong version is worse than none.
 */
const FROZEN_VERSION = /Windows NT 10\.0|Mac OS X 10[._]15|Android 10; K\)/;

/**
 * Describes the client that sent a `User-Agent` header. Accepts any text; the description is short, printable ASCII.
 *
 * @param hints say more about the device. The browser and the name of the system follow from the header, except that an
 *   iPad's header can be a Mac's: what is known about a session must not depend on hints, which come and go
 */
export function describeUserAgent(userAgent: string, hints?: ClientHints): DeviceDescription {
  const header = userAgent.slice(0, MAX_LENGTH);
  if (header === '') return UNKNOWN;
  const isBrowserLike = BROWSER_LIKE.test(header);
  const read = isBrowserLike ? findBrowser(header) : findProgram(header);
  const found = hints && isBrowserLike ? withHints(read, hints) : read;
  const { brand = null, model = null } = found.device ?? {};
  const kind = found.device?.kind ?? found.kind;
  const known = { kind, brand, model };
  if (!found.browser && !found.system) return { ...UNKNOWN, ...known, name: model ?? UNKNOWN.name };
  return {
    ...known,
    name: deviceName(found),
    browser: withVersion(found.browser, found.browserVersion),
    system: withVersion(found.system, found.systemVersion),
  };
}

function findBrowser(header: string): Found {
  const { browser, os, platform } = Bowser.parse(header);
  const name = browser.name && BROWSERS.has(browser.name) ? browser.name : null;
  const system = os.name && SYSTEMS.has(os.name) ? os.name : null;
  // Windows versions are known by name (`7`), not by number (`NT 6.1`).
  const systemVersion = system === 'Windows' ? os.versionName : os.version;
  return {
    browser: name && (SHORT_NAMES[name] ?? name),
    browserVersion: /^\d{1,9}/.exec(browser.version ?? '')?.[0] ?? '',
    system,
    systemVersion: FROZEN_VERSION.test(header)
      ? ''
      : (/^(\d{1,9}(\.\d{1,9})?|XP|Vista)/.exec(systemVersion ?? '')?.[0] ?? ''),
    kind: kindOf(header, platform.type, system),
    device: findModel(header),
  };
}

function findProgram(header: string): Found {
  const found = findBrowser(header);
  const [, token = '', version = ''] = PRODUCT.exec(header) ?? [];
  // bowser reports Android without the word `Mobile` as a tablet, which is correct only for browsers.
  const kind = found.kind === 'tablet' && !/iPad|tablet/i.test(header) ? 'mobile' : found.kind;
  return {
    ...found,
    browser: token.slice(0, TOKEN_MAX_LENGTH) || null,
    browserVersion: version,
    kind: kind === 'other' ? programKind(token, header) : kind,
  };
}

function kindOf(header: string, type: string | undefined, system: string | null): DeviceKind {
  if (TELEVISION.test(header)) return 'tv';
  if (system === 'Chrome OS') return 'desktop';
  return KINDS.find((kind) => kind === type) ?? 'other';
}

function withVersion(name: string | null, version: string): string | null {
  return name && version ? `${name} ${version}` : name;
}
