const MAX_LENGTH = 80;

/**
 * What a client has said of itself, for people to read: one short line. Whoever signs in names the device, and is not
 * to write to its owner in our name: without what mail programs make a link of.
 */
export function quoted(text: string): string {
  const line = text
    .replaceAll(/[\p{C}\p{Z}]+/gu, ' ')
    .replaceAll(/:\/\/|\/\/|@|\.(?=\p{L})/gu, ' ')
    .trim();
  return [...line].slice(0, MAX_LENGTH).join('');
}

/** For text between tags and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** `24 November 2026, 10:34 UTC`: where the reader is, nobody knows. */
export function instantText(instant: Date): string {
  const day = instant.toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  });
  return `${day}, ${instant.toISOString().slice(11, 16)} UTC`;
}
