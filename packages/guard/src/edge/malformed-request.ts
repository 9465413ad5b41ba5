import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

/** How long the gateway may continue to send before its connection is destroyed. */
const LINGER_MS = 500;

/** By the error of Node's HTTP parser. */
const STATUSES: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

const answered = new WeakSet<Duplex>();

/**
 * Answers a request that Node's HTTP parser rejects, and closes the connection. Lingers first: closing with unread data
 * resets the connection (RFC 9112 §9.6), and the gateway would answer 502.
 */
export function answerMalformed({ code = '' }: NodeJS.ErrnoException, socket: Duplex): void {
  // The parser reports the error again for each further packet.
  if (answered.has(socket)) return;
  answered.add(socket);
  if (code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = STATUSES[code] ?? 400;
  socket.on('error', () => socket.destroy());
  socket.on('end', () => socket.destroy());
  socket.resume();
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nconnection: close\r\ncontent-length: 0\r\ncache-control: no-store\r\n\r\n`,
  );
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}
