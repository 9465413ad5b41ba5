const UNITS = { s: 1, m: 60, h: 3_600, d: 86_400 };

/** A number of seconds, or text such as `30s`, `5m`, `12h` or `7d`. */
export type Duration = number | `${number}${keyof typeof UNITS}`;

/** @throws {TypeError} for anything else; not quietly a demand that nothing meets, or that everything does */
export function seconds(duration: Duration): number {
  const [, amount, unit] = /^(\d+)([smhd])$/.exec(String(duration)) ?? [];
  const result =
    typeof duration === 'number' ? duration : Number(amount) * (UNITS[unit as 's'] ?? Number.NaN);
  if (!Number.isFinite(result) || result < 0) {
    throw new TypeError(`${JSON.stringify(duration)} is not a duration, such as '5m' or a number of seconds`);
  }
  return result;
}
