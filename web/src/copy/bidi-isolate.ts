/**
 * Text of somebody else inside ours: isolated, so that a right-to-left override in it turns nothing around it
 * (Unicode UAX #9, FSI and PDI). For attributes and announcements; markup has `<bdi>`.
 */
export function bidiIsolate(text: string): string {
  return `\u2068${text}\u2069`;
}
