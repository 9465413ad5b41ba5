import type { DeviceKind } from './device-kind.js';
import type { Found } from './found.js';

/** Devices with one browser, which their users do not think of as a browser. */
const NAMED_BY_MODEL: ReadonlySet<DeviceKind> = new Set(['console', 'reader', 'tv']);

/** The names of libraries that say nothing to the user of an app. */
const APPS: Readonly<Record<string, string>> = {
  dalvik: 'Android app',
  cfnetwork: 'Apple app',
  okhttp: 'App (okhttp)',
  dart: 'App (Dart)',
};

/** The name that a device gets before its user chooses one. */
export function deviceName({ browser, system, kind, device }: Found): string {
  const model = device?.model ?? null;
  if (model && NAMED_BY_MODEL.has(device?.kind ?? kind)) return model;
  const app = browser === null ? undefined : appName(browser);
  const place = model ?? (app && system === 'Android' ? null : system);
  return [...new Set([app ?? browser, place])].filter(Boolean).join(' on ');
}

function appName(library: string): string | undefined {
  const name = library.toLowerCase();
  return Object.hasOwn(APPS, name) ? APPS[name] : undefined;
}
