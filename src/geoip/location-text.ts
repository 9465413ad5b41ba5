import type { Place } from './geo-location.js';

/** `Lisbon, Portugal`. */
export function placeText(place: Place | null): string | null {
  return place && [place.city, place.country].filter(Boolean).join(', ');
}
