import tzLookup from '@photostructure/tz-lookup';
import type { GeoLocation } from './geo-location.js';

/** The IANA time zone of a location, such as `Europe/Berlin`; `null` if its position is not known. */
export function timeZoneOf(location: GeoLocation | null): string | null {
  const position = location?.position;
  return position ? tzLookup(position.latitude, position.longitude) : null;
}
