import type { Brand } from '../../brand/brand.js';
import type { BrandColors } from '../../brand/brand-colors.js';
import type { PageAssets } from './page-assets.js';

/** What the document names: paths of files, and colours. */
export interface PageBrand {
  readonly style: string;
  readonly icon: string;
  readonly iconType: string;
  /** Empty without one. */
  readonly logo: string;
  readonly themeLight: string;
  readonly themeDark: string;
}

/** The background of the page in `web/style.css`. */
const PAGE_BACKGROUND = { light: '#f4f6f9', dark: '#10151c' };
const ICON_COLOR = '#1f5fd0';

/** Adds the files that the brand changes. They are files because the page allows no inline styles. */
export function addBrand(assets: PageAssets, { logo, hasOwnColor, colors }: Brand): PageBrand {
  const style = assets.pathOf('style', '.css');
  const icon = assets.pathOf('icon', '.svg');
  const logoPath = logo ? assets.add('logo', logo.type === 'image/png' ? '.png' : '.svg', logo.bytes) : '';
  const theme = hasOwnColor ? { light: colors.light.fill, dark: colors.light.fill } : PAGE_BACKGROUND;
  return {
    style: hasOwnColor ? assets.add('style', '.css', withColors(assets.textOf(style), colors)) : style,
    icon: logoPath || (hasOwnColor ? assets.add('icon', '.svg', inColor(assets.textOf(icon), colors)) : icon),
    iconType: logo?.type ?? 'image/svg+xml',
    logo: logoPath,
    themeLight: theme.light,
    themeDark: theme.dark,
  };
}

function withColors(style: string, { light, dark }: Brand['colors']): Buffer {
  const rules = [
    `:root{${variables(light)}}`,
    `@media (prefers-color-scheme:dark){:root{${variables(dark)}}}`,
  ];
  return Buffer.from([style, ...rules, ''].join('\n'));
}

function variables({ fill, onFill, accent, tint }: BrandColors): string {
  return `--fill:${fill};--on-fill:${onFill};--accent:${accent};--accent-background:${tint}`;
}

function inColor(icon: string, { light }: Brand['colors']): Buffer {
  return Buffer.from(
    icon.replaceAll(ICON_COLOR, light.fill).replaceAll('stroke="#fff"', `stroke="${light.onFill}"`),
  );
}
