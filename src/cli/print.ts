import { lastActivityAt } from '../sessions/last-activity.js';
import type { Session } from '../sessions/session.entity.js';
import type { User } from '../users/user.entity.js';

/** One line of a command's output. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Like `print`. @throws if the line cannot be written: for output that cannot be had again */
export function requirePrinted(line: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(`${line}\n`, (error) => (error ? reject(error) : resolve()));
  });
}

/** A remark that is not part of the output, which may be piped into another program. */
export function note(line: string): void {
  process.stderr.write(`latchkey: ${line}\n`);
}

/** Separated by two spaces, which no column contains: easy to read and to parse. */
export const inColumns = (...columns: string[]) => columns.join('  ');
export const printColumns = (...columns: string[]) => print(inColumns(...columns));

export function printUser({ id, email, status, roles }: User): void {
  printColumns(id, email, status, roles.length > 0 ? roles.join(',') : '-');
}

export function printSession(session: Session): void {
  const { id, deviceId, createdAt, address, status, endedReason, endedBy } = session;
  printColumns(
    id,
    `device ${deviceId}`,
    `opened ${createdAt.toISOString()}`,
    `seen ${lastActivityAt(session).toISOString()} from ${address ?? 'an unknown address'}`,
    endedReason ? `${status} (${endedReason}, ${endedBy})` : status,
  );
}
