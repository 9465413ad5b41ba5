import type { GeoLocation } from '../../geoip/geo-location.js';
import { surelyApartKm } from './distance.js';

/** Faster than an airliner, which flies at 900. */
const MAX_SPEED_KMH = 1_000;
/** Nearer than this nobody has to fly, and neighbours are often taken for each other. */
const MIN_DISTANCE_KM = 500;
const HOUR_MS = 3_600_000;

export interface Sighting {
  readonly place: GeoLocation | null;
  /** Epoch milliseconds. */
  readonly at: number;
}

/**
 * Whether nobody can have got from one place to the other in the time between.
 *
 * Within one country nothing is: mobile networks let their customers out now in one city, now in another. Nor is the
 * way into a country that the session is known in: that is a phone which goes to and fro between Wi-Fi abroad and its
 * network at home.
 *
 * @param countries codes of those that the session was used in without suspicion
 */
export function isImpossibleTravel(before: Sighting, now: Sighting, countries: readonly string[]): boolean {
  if (!before.place?.position || !now.place?.position) return false;
  const { countryCode } = now.place;
  if (countryCode === before.place.countryCode || countries.includes(countryCode)) return false;
  const km = surelyApartKm(before.place.position, now.place.position);
  const hours = Math.max(0, now.at - before.at) / HOUR_MS;
  return km > MIN_DISTANCE_KM && km > MAX_SPEED_KMH * hours;
}
