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

/** `24 November 2026, 10:34 UTC`: the reader's time zone is unknown. */
export function instantText(instant: Date): string {
  const day = instant.toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  });
  return `${day}, ${instant.toISOString().slice(11, 16)} UTC`;
}
