/**
 * Whether a login is young enough for a sensitive action.
 *
 * @param maxAgeMs `Infinity`: any age is
 * @param authenticatedAt epoch milliseconds, like `now`
 */
export function isRecentLogin(authenticatedAt: number, maxAgeMs: number, now: number): boolean {
  return now - authenticatedAt <= maxAgeMs;
}
