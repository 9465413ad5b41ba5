import type { Device } from '../api/types';
import { isolated } from '../copy/bidi-isolate';

/** What somebody who is watching is to be told: one sentence for each sign-in that came, and each device that went. */
export function differences(
  before: readonly Device[],
  after: readonly Device[],
  isOwn: (id: string) => boolean,
): string[] {
  const sessionsBefore = new Set(before.flatMap(({ sessions }) => sessions.map(({ id }) => id)));
  const devicesAfter = new Set(after.map(({ id }) => id));
  const came = after
    .filter(({ current, sessions }) => !current && sessions.some(({ id }) => !sessionsBefore.has(id)))
    .map(({ name }) => `New sign-in: ${isolated(name)}.`);
  const went = before
    .filter(({ id }) => !devicesAfter.has(id) && !isOwn(id))
    .map(({ name }) => `${isolated(name)} was signed out.`);
  return [...came, ...went];
}
