const SIZES: Readonly<Record<string, string>> = { '1': '', '6': '+', '8': ' Ultra' };
/** `SM-S921B`: since the S22, a digit for the year and one for the size. */
const S_SERIES = /^SM-S9([0-9])([168])/;
/** `SM-A546B` is the Galaxy A54. */
const A_SERIES = /^SM-A(\d{2})[5-7]/;
const SERIES: readonly [RegExp, string][] = [
  [/^SM-F9/, 'Galaxy Z Fold'],
  [/^SM-F7/, 'Galaxy Z Flip'],
  [/^SM-N/, 'Galaxy Note'],
  [/^SM-[TX]/, 'Galaxy Tab'],
];
/** The S22 has the digit 0. */
const FIRST_OF_S_SERIES = 22;

/** The name under which Samsung sells the model with this number: `Galaxy S24 Ultra` for `SM-S928B`. */
export function galaxyName(number: string): string {
  const [, year, size = ''] = S_SERIES.exec(number) ?? [];
  if (year !== undefined) return `Galaxy S${FIRST_OF_S_SERIES + Number(year)}${SIZES[size] ?? ''}`;
  const [, a] = A_SERIES.exec(number) ?? [];
  if (a !== undefined) return `Galaxy A${a}`;
  return SERIES.find(([pattern]) => pattern.test(number))?.[1] ?? `Samsung ${number}`;
}
