import type { GeoLocation } from './geo-location.js';

/** `Lisbon, Portugal`. */
export function locationText(place: GeoLocation | null): string | null {
  return place && [place.city, place.country].filter(Boolean).join(', ');
}
