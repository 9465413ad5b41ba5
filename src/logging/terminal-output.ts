import { isatty } from 'node:tty';
import type { DestinationStream } from 'pino';

const STANDARD_OUTPUT = 1;
/** Of a request. The rest of them is in the line itself, or is the same for all requests of a developer. */
const HIDDEN = ['context', 'requestId', 'route', 'address', 'userAgent', 'method', 'path', 'status'];

/**
 * Where a developer reads the log: readable lines on a terminal.
 *
 * @returns `undefined` if the log is for programs, which read JSON: in production, in a pipe or a file, and where the
 *   development dependencies are not installed
 */
export async function terminalOutput(production: boolean): Promise<DestinationStream | undefined> {
  if (production || !isatty(STANDARD_OUTPUT)) return undefined;
  try {
    const { default: pretty } = await import('pino-pretty');
    return pretty({
      sync: true,
      singleLine: true,
      ignore: HIDDEN.join(),
      messageFormat: '{if context}{context}: {end}{if method}{method} {path} {status} {end}{msg}',
      translateTime: 'SYS:HH:MM:ss',
    });
  } catch {
    return undefined;
  }
}
