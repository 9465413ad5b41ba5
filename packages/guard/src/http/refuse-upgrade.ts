import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { GuardError } from '../guard-error.js';
import { headersOf, problemOf } from '../problem.js';

/** Answers a request to upgrade with the problem details of an error, and closes the connection. */
export function refuseUpgrade(socket: Duplex, error: unknown, tokenPresented: boolean): void {
  const isRefusal = error instanceof GuardError;
  const status = isRefusal ? error.status : 500;
  const body = isRefusal ? JSON.stringify(problemOf(error)) : '';
  const headers = {
    ...(isRefusal ? headersOf(error, tokenPresented) : {}),
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.once('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`);
}
