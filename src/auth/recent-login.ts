/**
 * Whether a login is young enough for a sensitive action.
 *
 * @param maxAgeMs `Infinity`: any age is
 * @param now epoch milliseconds
 */
export function isRecentLogin(authenticatedAt: Date, maxAgeMs: number, now: number): boolean {
  return now - authenticatedAt.getTime() <= maxAgeMs;
}
