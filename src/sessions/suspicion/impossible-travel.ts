import type { GeoLocation } from '../../geoip/geo-location.js';
import { surelyApartKm } from './distance.js';

/** An airliner flies at about 900 km/h. */
const MAX_SPEED_KMH = 1_000;
/** Shorter distances need no flight, and geolocation databases often confuse neighbouring cities. */
const MIN_DISTANCE_KM = 500;
const HOUR_MS = 3_600_000;

export interface Sighting {
  readonly place: GeoLocation | null;
  /** Epoch milliseconds. */
  readonly at: number;
}

/**
 * Whether a person cannot have travelled from one location to the other in the time between two requests.
 *
 * Movement within a country never counts: mobile networks route their customers through different cities. Nor does a
 * return to a country in which the session is known: a phone abroad switches between local Wi-Fi and roaming, which
 * appears to be at home.
 *
 * @param countries country codes in which the session was used without suspicion
 */
export function isImpossibleTravel(before: Sighting, now: Sighting, countries: readonly string[]): boolean {
  if (!before.place?.position || !now.place?.position) return false;
  const { countryCode } = now.place;
  if (countryCode === before.place.countryCode || countries.includes(countryCode)) return false;
  const km = surelyApartKm(before.place.position, now.place.position);
  const hours = Math.max(0, now.at - before.at) / HOUR_MS;
  return km > MIN_DISTANCE_KM && km > MAX_SPEED_KMH * hours;
}
