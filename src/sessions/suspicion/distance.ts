import type { Position } from '../../geoip/geo-location.js';

const EARTH_RADIUS_KM = 6_371;
/**
 * How far off a position may be of which the database does not say. Addresses are placed in the right city at best,
 * and in a country's largest one when nothing better is known.
 */
const DEFAULT_ACCURACY_KM = 100;

const radians = (degrees: number) => (degrees * Math.PI) / 180;

/** The great circle between two positions (haversine formula), kilometres. */
export function distanceKm(a: Position, b: Position): number {
  const latitude = radians(b.latitude - a.latitude);
  const longitude = radians(b.longitude - a.longitude);
  const h =
    Math.sin(latitude / 2) ** 2 +
    Math.cos(radians(a.latitude)) * Math.cos(radians(b.latitude)) * Math.sin(longitude / 2) ** 2;
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** How far apart two places are even if both positions are as wrong as they may be. */
export function surelyApartKm(a: Position, b: Position): number {
  const error = (a.accuracyKm ?? DEFAULT_ACCURACY_KM) + (b.accuracyKm ?? DEFAULT_ACCURACY_KM);
  return Math.max(0, distanceKm(a, b) - error);
}
