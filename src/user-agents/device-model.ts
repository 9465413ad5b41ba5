import type { DeviceKind } from './device-kind.js';
import { galaxyName } from './galaxy-name.js';

/** What a person calls the device itself, apart from its browser: `Google`, `Pixel 8`. */
export interface DeviceModel {
  readonly brand: string;
  /** `null` if only the manufacturer is known. */
  readonly model: string | null;
  /** `null` if it follows from the system. */
  readonly kind: DeviceKind | null;
}

/** The name is a constant, or the text that the first group of the pattern has matched, or made from it. */
interface Entry {
  readonly pattern: RegExp;
  readonly brand: string;
  readonly name: string | null | ((matched: string) => string);
  readonly kind?: DeviceKind;
}

/** First, because apps on these devices can have the name of another device: `Kindle/7 (iPhone; ...)`. */
const APPLE: readonly Entry[] = [
  { pattern: /(?<!like )\biPhone(?:\d|\b)/, brand: 'Apple', name: 'iPhone', kind: 'mobile' },
  { pattern: /\biPad(?:\d|\b)/, brand: 'Apple', name: 'iPad', kind: 'tablet' },
  { pattern: /\biPod(?:\d|\b)/, brand: 'Apple', name: 'iPod touch', kind: 'mobile' },
  { pattern: /\bWatch\d{1,2},\d/, brand: 'Apple', name: 'Apple Watch' },
];

/** The header of a Mac, and of an iPad that requests desktop sites, names only the system. */
const APPLE_SYSTEM: Entry = { pattern: /\bMacintosh\b|\bDarwin\//, brand: 'Apple', name: null };

const APPLIANCES: readonly Entry[] = [
  { pattern: /\b(PlayStation (?:[3-9]|Vita|Portable))\b/, brand: 'Sony', name: asMatched, kind: 'console' },
  { pattern: /\bPLAYSTATION 3\b/, brand: 'Sony', name: 'PlayStation 3', kind: 'console' },
  { pattern: /\b(Xbox Series [XS]|Xbox One)\b/, brand: 'Microsoft', name: asMatched, kind: 'console' },
  { pattern: /\bXbox\b/i, brand: 'Microsoft', name: 'Xbox', kind: 'console' },
  {
    pattern: /\b(Nintendo (?:Switch(?: 2)?|3DS|DSi))\b/,
    brand: 'Nintendo',
    name: asMatched,
    kind: 'console',
  },
  { pattern: /\bNintendo WiiU\b/, brand: 'Nintendo', name: 'Nintendo Wii U', kind: 'console' },
  { pattern: /\bKindle(?: Fire|\/| )/, brand: 'Amazon', name: 'Kindle', kind: 'reader' },
  { pattern: /\bKobo\b/, brand: 'Kobo', name: 'Kobo', kind: 'reader' },
  { pattern: /\b(?:tolino|Tolino)\b/, brand: 'tolino', name: 'tolino', kind: 'reader' },
  { pattern: /\bPocketBook\b/, brand: 'PocketBook', name: 'PocketBook', kind: 'reader' },
  { pattern: /Android [^)]{0,60}; AFT[A-Z]{1,6}\d{0,2}\b/, brand: 'Amazon', name: 'Fire TV', kind: 'tv' },
  { pattern: /Android [^)]{0,60}; KF[A-Z]{2,6}\d?\b/, brand: 'Amazon', name: 'Fire tablet', kind: 'tablet' },
  { pattern: /\bApple ?TV/, brand: 'Apple', name: 'Apple TV', kind: 'tv' },
  { pattern: /\bCrKey\b|\bChromecast\b/, brand: 'Google', name: 'Chromecast', kind: 'tv' },
  { pattern: /\bRoku\b/, brand: 'Roku', name: 'Roku', kind: 'tv' },
  { pattern: /\bBRAVIA\b/, brand: 'Sony', name: 'Sony TV', kind: 'tv' },
  { pattern: /\bWeb0S\b|\bNetCast\b/, brand: 'LG', name: 'LG TV', kind: 'tv' },
  {
    pattern: /\b(?:SMART-TV|SmartTV);[^)]{0,40}\bTizen\b/i,
    brand: 'Samsung',
    name: 'Samsung TV',
    kind: 'tv',
  },
  { pattern: /\bVIDAA\b|\bHisense\b/, brand: 'Hisense', name: 'Hisense TV', kind: 'tv' },
  { pattern: /\bViera\b/i, brand: 'Panasonic', name: 'Panasonic TV', kind: 'tv' },
  { pattern: /\bPhilipsTV\b|\bPHILIPS_/i, brand: 'Philips', name: 'Philips TV', kind: 'tv' },
  { pattern: /\b(Quest(?: [2-9]S?| Pro)?)(?: Build\b|\))/, brand: 'Meta', name: (name) => `Meta ${name}` },
];

/**
 * The models of Android devices. Each pattern describes the whole model, with the few words that the manufacturer uses:
 * a client can claim any model, and its text is in mails to the user.
 */
const ANDROID: readonly Entry[] = [
  { pattern: /^(Pixel(?: \d{1,2}a?| C)?(?: Pro)?(?: XL| Fold)?)$/, brand: 'Google', name: asMatched },
  { pattern: /^(Nexus (?:\d{1,2}[XP]?|One|Player))$/, brand: 'Google', name: asMatched },
  { pattern: /^(?:SAMSUNG )?((?:SM|GT)-[A-Z]\d{3,4}[A-Z0-9/]{0,4})$/, brand: 'Samsung', name: galaxyName },
  {
    pattern:
      /^((?:Redmi|POCO|Mi)(?: (?:Note|Pad))? [A-Z]?\d{1,2}[A-Z]{0,2}(?: (?:Pro|Lite|Ultra|5G|NFC)){0,3}\+?)$/i,
    brand: 'Xiaomi',
    name: asMatched,
  },
  { pattern: /^(2[0-9]\d{5,9}[A-Z]{1,3})$/, brand: 'Xiaomi', name: branded('Xiaomi') },
  {
    pattern:
      /^(moto [a-z]{1,2} ?(?:\(\d{1,2}\)|\d{1,3})?(?: (?:play|plus|power|stylus|pure|fusion|5G)){0,3}(?: ?[-(] ?20\d\d\)?)?)$/i,
    brand: 'Motorola',
    name: asMatched,
  },
  {
    pattern: /^(motorola (?:edge|razr)(?: (?:\d{2,3}|plus|pro|neo|ultra|fusion|lite|5G)){0,3})$/i,
    brand: 'Motorola',
    name: asMatched,
  },
  { pattern: /^(XT\d{4}(?:-\d{1,2})?)$/, brand: 'Motorola', name: branded('Motorola') },
  { pattern: /^(?:ONEPLUS[ _])?([A-Z]{2}20\d\d|A[356]0\d\d)$/, brand: 'OnePlus', name: branded('OnePlus') },
  { pattern: /^(CPH\d{4})$/, brand: 'OPPO', name: branded('OPPO') },
  { pattern: /^(RMX\d{4})$/, brand: 'realme', name: branded('realme') },
  { pattern: /^(?:vivo )?(V\d{4}[A-Z]?)$/, brand: 'vivo', name: branded('vivo') },
  {
    pattern: /^(?:HUAWEI )?([A-Z]{3}-(?:[A-Z]{1,2}\d{1,2}[A-Z]?|N\d{2}))$/,
    brand: 'Huawei',
    name: branded('Huawei'),
  },
  { pattern: /^(Nokia \d{1,2}\.\d|Nokia [A-Z]\d{1,3})$/, brand: 'Nokia', name: asMatched },
  { pattern: /^((?:XQ-[A-Z]{2}|SO-|SOG)\d{2}[A-Z]?)$/, brand: 'Sony', name: branded('Sony') },
  { pattern: /^(L[GM]-[A-Z]{1,2}\d{3,4}[A-Z]{0,3})$/, brand: 'LG', name: branded('LG') },
  { pattern: /^FP([3-9])$/, brand: 'Fairphone', name: branded('Fairphone') },
];

/** The first that matches counts. */
const BY_HEADER: readonly Entry[] = [...APPLE, ...APPLIANCES, APPLE_SYSTEM];

/** `Linux; Android 14; Pixel 8 Build/AP2A`; older headers have the language in between. */
const ANDROID_MODEL =
  /Android \d{1,2}(?:\.\d{1,2}){0,2}; (?:[a-z]{2}[-_][a-zA-Z]{2}; )?((?:[^;()]|\(\d{1,4}\)){1,40}?)(?: Build\/[^;)]{0,40})?[;)]/;

/** @param header a `User-Agent` header of limited length */
export function findModel(header: string): DeviceModel | null {
  return firstOf(BY_HEADER, header) ?? androidModel(ANDROID_MODEL.exec(header)?.[1]);
}

/** @param name of an Android model, as its manufacturer writes it in the system */
export function androidModel(name: string | undefined): DeviceModel | null {
  return name === undefined ? null : firstOf(ANDROID, name.trim());
}

function firstOf(entries: readonly Entry[], text: string): DeviceModel | null {
  for (const { pattern, brand, name, kind = null } of entries) {
    const match = pattern.exec(text);
    if (match) return { brand, model: typeof name === 'function' ? name(match[1] ?? '') : name, kind };
  }
  return null;
}

function asMatched(name: string): string {
  return name;
}

function branded(brand: string): (code: string) => string {
  return (code) => `${brand} ${code}`;
}
