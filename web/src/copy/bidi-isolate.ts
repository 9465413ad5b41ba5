/**
 * Isolates foreign text, such as a device name, so that a right-to-left override in it does not reorder the text
 * around it (Unicode UAX #9, FSI and PDI). For attributes and announcements; markup uses `<bdi>`.
 */
export function bidiIsolate(text: string): string {
  return `\u2068${text}\u2069`;
}
