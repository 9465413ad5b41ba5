const REGIONAL_A = 0x1f1e6;

/** The emoji of a country's flag, as a pair of regional indicators. @param code of ISO 3166: `DE` */
export function flagOf(code: string): string | null {
  if (!/^[A-Z]{2}$/.test(code)) return null;
  return String.fromCodePoint(...[...code].map((letter) => REGIONAL_A + letter.charCodeAt(0) - 65));
}

/** The fonts of Windows have no flags: they show the two letters. */
export const HAS_FLAGS = typeof navigator === 'undefined' || !navigator.userAgent.includes('Windows');
