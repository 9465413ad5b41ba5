/** `#rrggbb` in lower case. */
export type HexColor = string;

/** WCAG 2.2 contrast ratio of two colours, from 1 to 21. */
export function contrast(one: HexColor, other: HexColor): number {
  const [darker, lighter] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (lighter + 0.05) / (darker + 0.05);
}

/** WCAG 2.2, relative luminance. */
function luminance(color: HexColor): number {
  const [red, green, blue] = channels(color).map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** @param share of `other`, from 0 to 1 */
export function mixed(color: HexColor, other: HexColor, share: number): HexColor {
  const others = channels(other);
  const mix = channels(color).map((value, index) => value + ((others[index] ?? 0) - value) * share);
  return `#${mix.map((value) => Math.round(value).toString(16).padStart(2, '0')).join('')}`;
}

function channels(color: HexColor): number[] {
  return [1, 3, 5].map((start) => Number.parseInt(color.slice(start, start + 2), 16));
}
