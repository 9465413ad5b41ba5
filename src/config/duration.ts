const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/**
 * Reads a duration as an operator writes it: `900` (seconds), `500ms`, `15m`, `12h`, `60d`.
 *
 * @returns milliseconds, a whole number
 * @throws {TypeError} when the text is not of that form
 */
export function parseDuration(text: string): number {
  const match = /^(\d{1,9})(ms|s|m|h|d)?$/.exec(text);
  if (!match) {
    throw new TypeError('must be a duration such as 900, 500ms, 30s, 15m, 12h or 60d');
  }
  return Number(match[1]) * UNIT_MS[(match[2] ?? 's') as keyof typeof UNIT_MS];
}
