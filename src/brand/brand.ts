import type { Config } from '../config/config.js';
import { type BrandColors, brandColors } from './brand-colors.js';
import { type BrandLogo, readLogo } from './brand-logo.js';

/** How the product appears in the page and in mails. */
export interface Brand {
  /** `null` for a service without an own name. */
  readonly name: string | null;
  readonly logo: BrandLogo | null;
  /** Whether the colours are not the default ones. */
  readonly hasOwnColor: boolean;
  readonly colors: { readonly light: BrandColors; readonly dark: BrandColors };
  /** Of the application that users come from. */
  readonly url: string | null;
}

/** Of a service whose operator has set nothing. */
export const NO_BRAND: Brand = {
  name: null,
  logo: null,
  hasOwnColor: false,
  colors: brandColors(null),
  url: null,
};

/** @throws {UnusableBrandLogo} */
export function brandOf({ brand: { name, logo, color, url } }: Pick<Config, 'brand'>): Brand {
  return {
    name,
    url,
    logo: logo === null ? null : readLogo(logo),
    hasOwnColor: color !== null,
    colors: brandColors(color),
  };
}
