import type { Device } from '../account-api.js';
import type { Texts } from './texts.js';

export interface RowOptions {
  readonly texts: Texts;
  readonly language: string | undefined;
  readonly isBusy: boolean;
  onSignOut(device: Device): void;
}

/** Only sets text, never markup: names and places come from users. */
export function deviceRow(device: Device, { texts, language, isBusy, onSignOut }: RowOptions): HTMLLIElement {
  const row = document.createElement('li');
  row.dataset.device = device.id;
  const text = document.createElement('div');
  const name = element('strong', device.name);
  // A name in another direction must not reorder the texts beside it.
  name.dir = 'auto';
  text.append(name);
  if (device.current) text.append(element('span', texts.current));
  const details = [device.browser, device.system, placeText(device), lastUsed(device, texts, language)];
  text.append(document.createElement('br'), element('small', details.filter(Boolean).join(' · ')));
  const button = element('button', texts.signOut);
  button.type = 'button';
  button.ariaLabel = texts.signOutDevice(device.name);
  button.disabled = isBusy;
  button.addEventListener('click', () => onSignOut(device));
  row.append(text, button);
  return row;
}

export function element<K extends keyof HTMLElementTagNameMap>(name: K, text = ''): HTMLElementTagNameMap[K] {
  const created = document.createElement(name);
  created.textContent = text;
  return created;
}

function placeText({ place }: Device): string {
  return place ? [place.city, place.country].filter(Boolean).join(', ') : '';
}

function lastUsed({ last_seen_at }: Device, texts: Texts, language: string | undefined): string {
  const format = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' });
  return texts.lastUsed(format.format(new Date(last_seen_at)));
}
