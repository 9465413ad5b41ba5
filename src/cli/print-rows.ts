import type { Session } from '../sessions/session.entity.js';
import type { User } from '../users/user.entity.js';
import { print } from './print.js';

/** Two spaces apart: no column holds any, and people can read it as well. */
const printColumns = (...columns: string[]) => print(columns.join('  '));

export function printUser({ id, email, status, roles }: User): void {
  printColumns(id, email, status, roles.length > 0 ? roles.join(',') : '-');
}

export function printSession(session: Session): void {
  const { id, deviceId, createdAt, lastSeenAt, address, status, endedReason, endedBy } = session;
  printColumns(
    id,
    `device ${deviceId}`,
    `opened ${createdAt.toISOString()}`,
    `seen ${lastSeenAt.toISOString()} from ${address ?? 'nowhere'}`,
    endedReason ? `${status} (${endedReason}, ${endedBy})` : status,
  );
}
