const MAX_LENGTH = 80;

/**
 * Turns a text that a client has chosen into one short line. The person who signs in names the device, so an attacker
 * could use the name to write to the owner in our name: everything that mail clients turn into a link is removed.
 */
export function quoted(text: string): string {
  const line = text
    .replaceAll(/[\p{C}\p{Z}]+/gu, ' ')
    .replaceAll(/:\/\/|\/\/|@|\.(?=\p{L})/gu, ' ')
    .trim();
  return [...line].slice(0, MAX_LENGTH).join('');
}

/**
 * `24 November 2026 at 11:34 GMT+1 (10:34 UTC)`. The reader's time zone is unknown, so it is that of the place where
 * something happened.
 *
 * @param timeZone IANA name; without one, the time is in UTC only
 * @param locale BCP 47
 */
export function instantText(instant: Date, timeZone: string | null | undefined, locale: string): string {
  const utc = format(instant, 'UTC', locale);
  const local = timeZone && isKnown(timeZone) ? format(instant, timeZone, locale) : utc;
  if (local === utc || !timeZone) return `${utc} UTC`;
  return `${local} ${zoneName(instant, timeZone, locale)} (${instant.toISOString().slice(11, 16)} UTC)`;
}

function format(instant: Date, timeZone: string, locale: string): string {
  return instant.toLocaleString(locale, { dateStyle: 'long', timeStyle: 'short', timeZone });
}

/** `GMT+1`: an abbreviation such as CST means several zones. */
function zoneName(instant: Date, timeZone: string, locale: string): string | undefined {
  return new Intl.DateTimeFormat(locale, { timeZone, timeZoneName: 'shortOffset' })
    .formatToParts(instant)
    .find(({ type }) => type === 'timeZoneName')?.value;
}

/** The list of zones may be newer than this Node. */
function isKnown(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat('en-GB', { timeZone });
    return true;
  } catch {
    return false;
  }
}
