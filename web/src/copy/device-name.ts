import { accountMessages } from '../messages';

/**
 * The service names devices in English: `Chrome on Windows`, `Safari 18 on iPhone`, `Firefox on Pixel 8`. The name of an app
 * that it does not know is one word: `Streamer on iPhone`, and with versions `Streamer 15 on iOS 18.6`.
 */
const GIVEN_NAME =
  /^((?:Chrom\w+|Safari|Firefox|Edge|Opera|Samsung Internet|Vivaldi|\S+(?=[\d. ]* on (?:iP|iOS|Android|macOS|Windows|Linux)))(?: [\d.]+)?) on (\S.*)$/;

/** A name in the language of the page. A name that a person chose stays as it is. */
export function shownName(name: string): string {
  if (name === 'Unknown device') return accountMessages.devices.unknown;
  const [, browser, device] = GIVEN_NAME.exec(name) ?? [];
  return browser && device ? accountMessages.devices.browserOnSystem(browser, device) : name;
}
