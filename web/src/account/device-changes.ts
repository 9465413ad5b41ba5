import type { Device } from '@latchkey/client/cookie-client';
import { bidiIsolate } from '../copy/bidi-isolate';
import { formatList } from '../copy/format-list';
import { accountMessages } from '../messages';

/** A sentence about new sign-ins, and one about devices that were signed out elsewhere. */
export function describeDeviceChanges(
  before: readonly Device[],
  after: readonly Device[],
  isRevokedHere: (id: string) => boolean,
): string[] {
  const sessionsBefore = new Set(before.flatMap(({ sessions }) => sessions.map(({ id }) => id)));
  const devicesAfter = new Set(after.map(({ id }) => id));
  const signedIn = after
    .filter(({ current, sessions }) => !current && sessions.some(({ id }) => !sessionsBefore.has(id)))
    .map(({ name }) => bidiIsolate(name));
  const signedOut = before
    .filter(({ id }) => !devicesAfter.has(id) && !isRevokedHere(id))
    .map(({ name }) => bidiIsolate(name));
  return [
    ...(signedIn.length > 0 ? [accountMessages.devices.signedInElsewhere(formatList(signedIn))] : []),
    ...(signedOut.length > 0
      ? [accountMessages.devices.signedOutElsewhere(formatList(signedOut), signedOut.length)]
      : []),
  ];
}
