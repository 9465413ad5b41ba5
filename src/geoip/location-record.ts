import type { GeoLocation, Position } from './geo-location.js';

const COUNTRY_CODE = /^[A-Z]{2}$/;
/** Codes that ISO 3166 reserves for private use. Databases use them for "no country". */
const NO_COUNTRY = new Set(['ZZ', 'XX']);
const CITY_MAX_LENGTH = 100;

const countryNames = new Intl.DisplayNames(['en'], { type: 'region' });

/**
 * Reads a database record. Supports the structure of MaxMind and DB-IP (`country.iso_code`, `city.names.en`, `location`)
 * and the flat one of ip-location-db (`country_code`, `city`, `latitude`).
 *
 * @returns `null` when the record has no country
 */
export function readLocation(record: unknown): GeoLocation | null {
  const country = at(record, 'country', 'iso_code') ?? at(record, 'country_code') ?? at(record, 'country');
  if (typeof country !== 'string' || !COUNTRY_CODE.test(country) || NO_COUNTRY.has(country)) return null;
  const city = at(record, 'city', 'names', 'en') ?? at(record, 'city');
  return {
    countryCode: country,
    country: countryNames.of(country) ?? country,
    city: readCity(city),
    position: readPosition(record),
  };
}

/** Removes the district that DB-IP adds to large cities: `Berlin (Bezirk Mitte)`. */
function readCity(city: unknown): string | null {
  if (typeof city !== 'string') return null;
  return city.slice(0, CITY_MAX_LENGTH).replace(/ \([^)]*\)$/, '') || null;
}

function readPosition(record: unknown): Position | null {
  const location = at(record, 'location') ?? record;
  const latitude = at(location, 'latitude');
  const longitude = at(location, 'longitude');
  const accuracy = at(location, 'accuracy_radius');
  if (!isDegrees(latitude, 90) || !isDegrees(longitude, 180)) return null;
  return {
    latitude,
    longitude,
    accuracyKm: typeof accuracy === 'number' && accuracy >= 0 ? accuracy : null,
  };
}

function isDegrees(value: unknown, limit: number): value is number {
  return typeof value === 'number' && Math.abs(value) <= limit;
}

/** The nested value at a path of property names, `undefined` if there is none. */
function at(record: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>(
    (value, name) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, name)
        ? (value as Record<string, unknown>)[name]
        : undefined,
    record,
  );
}
