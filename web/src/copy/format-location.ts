import type { Device, SecurityEvent } from '@latchkey/client/cookie-client';
import { countryNames, withCountry } from '../../../src/languages/country-names';
import { about, messages } from '../messages';

/** In the language of the page; the service sends English names. */
const countryName = countryNames(about.tag);

type Located = Pick<Device, 'place' | 'address'>;
type Place = Device['place'];

/** `Berlin, Germany · 203.0.113.7`, or the parts of it that are known. */
export function formatLocation({ place, address }: Located): string | null {
  return [placeText(place), address].filter(Boolean).join(' · ') || null;
}

/** `Berlin, Germany`; the address where the place is not known. */
export function formatPlace({ place, address }: Located): string | null {
  return placeText(place) ?? address;
}

/** The place of a security event. The service sends an English text, at whose end is the country. */
export function formatEventPlace({ place, detail }: SecurityEvent): string | null {
  return place && withCountry(place, countryName(String(detail.country_code)));
}

function placeText(place: Place): string | null {
  if (!place) return null;
  const country = countryName(place.country_code) ?? place.country;
  return place.city ? messages.common.place(place.city, country) : country;
}
