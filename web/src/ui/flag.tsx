import type { Device } from '@latchkey/client/cookie-client';
import { flagOf, HAS_FLAGS } from './country-flags';

/** Decorative: the text beside it names the country. Nothing on Windows, whose fonts have no flags. */
export function Flag({ place }: Pick<Device, 'place'>) {
  const flag = place && HAS_FLAGS ? flagOf(place.country_code) : null;
  return flag && <span aria-hidden="true">{flag} </span>;
}
