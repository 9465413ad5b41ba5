import { countryNames, withCountry } from '../../languages/country-names.js';
import type { Language } from '../../languages/language.js';
import { instantText, quoted } from './detail-text.js';

/** What a security mail says about the sign-in or use. Clients choose some of these texts. */
export interface EventDetails {
  readonly device?: string | null;
  /** Browser or program, and system, as `clientText` writes them. */
  readonly client?: string | null;
  /** Network address of the client. */
  readonly address?: string | null;
  readonly place?: string | null;
  /** Of the country of the place; ISO 3166-1 alpha-2. */
  readonly countryCode?: string | null;
  readonly at: Date;
  /** IANA name of the time zone at the place. */
  readonly timeZone?: string | null;
}

/** The lines of a mail, each with its label, without those that are not known. */
export function eventDetails(details: EventDetails, { about, mail }: Language): [string, string][] {
  const { device, client, address, place, countryCode, at, timeZone } = details;
  const labels = mail.details;
  const country = countryCode ? countryNames(about.locale)(countryCode) : undefined;
  const lines: [string, string | null | undefined][] = [
    [labels.device, device && mail.quoted(quoted(deviceName(device, client, mail)))],
    [labels.client, client && quoted(clientName(client, mail))],
    [labels.location, place && quoted(withCountry(place, country))],
    [labels.address, address],
    [labels.time, instantText(at, timeZone, about.locale)],
  ];
  return lines.filter((line): line is [string, string] => Boolean(line[1]));
}

/** Names that the service gave to devices are in English. A name that a person chose stays as it is. */
function deviceName(device: string, client: string | null | undefined, mail: Language['mail']): string {
  if (device === 'Unknown device') return mail.unknownDevice;
  const isGiven = client && device === client.replaceAll(/ \d+(\.\d+)*(?=$| on )/g, '');
  return isGiven ? clientName(device, mail) : device;
}

function clientName(client: string, mail: Language['mail']): string {
  const [browser = '', system, ...others] = client.split(' on ');
  return system === undefined || others.length > 0 ? client : mail.browserOnSystem(browser, system);
}
