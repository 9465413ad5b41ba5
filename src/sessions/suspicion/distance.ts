import type { Position } from '../../geoip/geo-location.js';

const EARTH_RADIUS_KM = 6_371;
/**
 * Assumed error of a position for which the database gives none. At best an address is located in the right city; when
 * only the country is known, it is located in its largest city.
 */
const DEFAULT_ACCURACY_KM = 100;

const radians = (degrees: number) => (degrees * Math.PI) / 180;

/** Great-circle distance between two positions in kilometres (haversine formula). */
export function distanceKm(a: Position, b: Position): number {
  const latitude = radians(b.latitude - a.latitude);
  const longitude = radians(b.longitude - a.longitude);
  const h =
    Math.sin(latitude / 2) ** 2 +
    Math.cos(radians(a.latitude)) * Math.cos(radians(b.latitude)) * Math.sin(longitude / 2) ** 2;
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** The distance that remains even if both positions are off by their full error, in kilometres. */
export function surelyApartKm(a: Position, b: Position): number {
  const error = (a.accuracyKm ?? DEFAULT_ACCURACY_KM) + (b.accuracyKm ?? DEFAULT_ACCURACY_KM);
  return Math.max(0, distanceKm(a, b) - error);
}
