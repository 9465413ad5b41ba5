import type { GeoLocation } from './geo-location.js';

/** `Lisbon, Portugal`. */
export function locationText(location: GeoLocation | null): string | null {
  return location && [location.city, location.country].filter(Boolean).join(', ');
}
