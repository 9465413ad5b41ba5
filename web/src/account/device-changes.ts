import type { Device } from '../api/types';
import { bidiIsolate } from '../copy/bidi-isolate';

/** One sentence for each new sign-in, and for each device that was signed out elsewhere. */
export function describeDeviceChanges(
  before: readonly Device[],
  after: readonly Device[],
  isRevokedHere: (id: string) => boolean,
): string[] {
  const sessionsBefore = new Set(before.flatMap(({ sessions }) => sessions.map(({ id }) => id)));
  const devicesAfter = new Set(after.map(({ id }) => id));
  const signedIn = after
    .filter(({ current, sessions }) => !current && sessions.some(({ id }) => !sessionsBefore.has(id)))
    .map(({ name }) => `New sign-in: ${bidiIsolate(name)}.`);
  const signedOut = before
    .filter(({ id }) => !devicesAfter.has(id) && !isRevokedHere(id))
    .map(({ name }) => `${bidiIsolate(name)} was signed out.`);
  return [...signedIn, ...signedOut];
}
