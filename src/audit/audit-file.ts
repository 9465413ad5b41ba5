import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { errorMessage } from '../errors/error-message.js';

/** Without waiting for a program that reads a named pipe: there may never be one. */
const APPEND_FLAGS = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK;
export const AUDIT_FILE_MODE = 0o600;

/** The audit log cannot be opened. The message is one line for the operator. */
export class UnusableAuditLog extends Error {
  override readonly name = 'UnusableAuditLog';
}

export function openForAppending(path: string): number {
  return openSync(path, APPEND_FLAGS, AUDIT_FILE_MODE);
}

/**
 * At start, a path that cannot be opened is a mistake in the configuration.
 *
 * @returns the path of a regular file, which can be opened again; for a device or a pipe, its descriptor, since the reader of
 *   a pipe would see its end if it were closed in between
 * @throws {UnusableAuditLog}
 */
export function openAuditFile(path: string): string | number {
  try {
    const descriptor = openForAppending(path);
    if (!fstatSync(descriptor).isFile()) return descriptor;
    closeSync(descriptor);
    return path;
  } catch (cause) {
    const isUnread = (cause as NodeJS.ErrnoException).code === 'ENXIO';
    const reason = isUnread ? `${path} is a pipe that no program reads, or a socket` : errorMessage(cause);
    throw new UnusableAuditLog(`AUDIT_LOG cannot be opened: ${reason}`, { cause });
  }
}
