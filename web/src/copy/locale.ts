import { about } from '../messages';

/** The language of the page, as people write dates in the region that the browser prefers: `en-GB`, `de-AT`. */
export const LOCALE = (globalThis.navigator?.languages ?? []).find(isRegional) ?? about.tag;

function isRegional(tag: string): boolean {
  return tag.startsWith(`${about.tag}-`);
}
