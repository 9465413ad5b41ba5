import { contrast, type HexColor, mixed } from './contrast.js';

/** The colours that follow from that of the brand, on light or on dark pages. */
export interface BrandColors {
  /** Of filled buttons. */
  readonly fill: HexColor;
  /** Of text on `fill`. */
  readonly onFill: HexColor;
  /** Of links, icons and borders. */
  readonly accent: HexColor;
  /** Behind notices and badges. */
  readonly tint: HexColor;
}

/** WCAG 2.2, 1.4.3 (AA). */
const MIN_CONTRAST = 4.5;
const STEP = 0.02;

/** As in `web/style.css`. */
const LIGHT_BACKGROUNDS = ['#ffffff', '#f4f6f9'];
const DARK_BACKGROUNDS = ['#1a212b', '#10151c'];
const DEFAULT_COLORS = {
  light: { fill: '#1a56c4', onFill: '#ffffff', accent: '#1a56c4', tint: '#e6eefc' },
  dark: { fill: '#8db7ff', onFill: '#0b1a33', accent: '#8db7ff', tint: '#1d2f4d' },
};

/**
 * Buttons are filled with the colour itself, under text that can be read on it. As the colour of text, it is made darker
 * or lighter until it can be read on every background of the page.
 *
 * @param color `null` for the default colours
 */
export function brandColors(color: HexColor | null): { light: BrandColors; dark: BrandColors } {
  if (color === null) return DEFAULT_COLORS;
  return {
    light: colorsOn(color, LIGHT_BACKGROUNDS, '#000000', mixed('#ffffff', color, 0.1)),
    dark: colorsOn(color, DARK_BACKGROUNDS, '#ffffff', mixed('#1a212b', color, 0.12)),
  };
}

function colorsOn(fill: HexColor, backgrounds: HexColor[], towards: HexColor, tint: HexColor): BrandColors {
  return { fill, onFill: textOn(fill), accent: readable(fill, [...backgrounds, tint], towards), tint };
}

/** White, or else a dark colour: one of white and black can be read on any colour. */
function textOn(fill: HexColor): HexColor {
  return ['#ffffff', '#16202e'].find((text) => contrast(text, fill) >= MIN_CONTRAST) ?? '#000000';
}

function readable(color: HexColor, backgrounds: readonly HexColor[], towards: HexColor): HexColor {
  for (let share = 0; share < 1; share += STEP) {
    const candidate = mixed(color, towards, share);
    if (backgrounds.every((background) => contrast(candidate, background) >= MIN_CONTRAST)) return candidate;
  }
  return towards;
}
