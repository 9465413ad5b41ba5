import { about } from '../messages';

const LIST = new Intl.ListFormat(about.tag);

/** `A, B, and C` */
export function formatList(items: readonly string[]): string {
  return LIST.format(items);
}
