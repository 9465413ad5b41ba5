import type { Duplex } from 'node:stream';
import type { AppError } from '../../errors/app-error.js';
import { ERROR_CODES } from '../../errors/error-codes.js';
import { problemBody, problemHeaders } from './problem.js';
import { BARE_SECURITY_HEADERS } from './security-headers.js';

/** How long a rejected client may continue to send before its connection is destroyed. */
const LINGER_MS = 500;

/**
 * Answers with problem details on a connection for which there is no response object, and closes it. Lingers first:
 * closing with unread data resets the connection, and the client loses the answer (RFC 9112 §9.6).
 */
export function answerRaw(socket: Duplex, error: AppError): void {
  socket.on('error', () => socket.destroy());
  socket.on('end', () => socket.destroy());
  // Unless it is read, the end of the client's data is not noticed.
  socket.resume();
  socket.end(rawAnswer(error));
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}

function rawAnswer(error: AppError): string {
  const { status } = ERROR_CODES[error.code];
  const body = problemBody(error);
  const { connection, ...headers } = problemHeaders(error, false);
  const all = {
    ...headers,
    ...BARE_SECURITY_HEADERS,
    date: new Date().toUTCString(),
    'content-length': Buffer.byteLength(body),
    connection: connection === undefined ? 'close' : `${connection}, close`,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  // The reason phrase is optional (RFC 9112 §4), the space before it is not.
  return [`HTTP/1.1 ${status} `, ...lines, '', body].join('\r\n');
}
