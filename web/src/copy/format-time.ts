import { messages } from '../messages';
import { LOCALE } from './locale';

const UNITS: readonly [limitSeconds: number, unit: Intl.RelativeTimeFormatUnit, seconds: number][] = [
  [3_600, 'minute', 60],
  [86_400, 'hour', 3_600],
  [30 * 86_400, 'day', 86_400],
  [365 * 86_400, 'month', 30 * 86_400],
  [Number.POSITIVE_INFINITY, 'year', 365 * 86_400],
];

const RELATIVE = new Intl.RelativeTimeFormat(LOCALE, { numeric: 'always' });
const EXACT = new Intl.DateTimeFormat(LOCALE, { dateStyle: 'full', timeStyle: 'long' });

/** `2 minutes ago`. @param now epoch milliseconds, by the clock that recorded the instant */
export function formatRelativeTime(instant: string, now: number): string {
  const seconds = (now - Date.parse(instant)) / 1000;
  // Negative if the clock is slightly behind the one that recorded the instant.
  if (seconds < 60) return messages.common.justNow;
  const [, unit, length] = UNITS.find(([limit]) => seconds < limit) ?? UNITS[0]!;
  return RELATIVE.format(-Math.floor(seconds / length), unit);
}

/** To the second, in the user's time zone. */
export function formatExactTime(instant: string): string {
  return EXACT.format(new Date(instant));
}
