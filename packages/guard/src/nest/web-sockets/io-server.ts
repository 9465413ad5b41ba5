import type { IncomingMessage } from 'node:http';
import { GuardError } from '../../guard-error.js';
import { readBearerToken } from '../../http/bearer-token.js';
import { problemOf } from '../../problem.js';
import type { Admit } from './admissions.js';

/** The part of a socket of socket.io that is used. */
interface IoSocket {
  readonly handshake: { readonly auth?: { readonly token?: unknown } };
  readonly request: IncomingMessage;
}

/** A server or namespace of socket.io. */
interface IoServer {
  use(middleware: (socket: IoSocket, next: (error?: Error) => void) => void): unknown;
}

export function isIoServer(server: object): server is IoServer {
  return 'use' in server && 'emit' in server;
}

/** Refuses a connection before the application sees it; the client gets a `connect_error` with the problem as `data`. */
export function guardHandshakes(server: IoServer, admit: Admit): void {
  server.use((socket, next) => {
    admitHandshake(socket, admit).then(
      () => next(),
      (error: unknown) => next(refusal(error)),
    );
  });
}

async function admitHandshake(socket: IoSocket, admit: Admit): Promise<void> {
  await admit(tokenOf(socket), socket.request, socket);
}

/** `io(url, { auth: { token } })`, or the headers of the request. */
function tokenOf({ handshake, request }: IoSocket): string | undefined {
  const token = handshake.auth?.token;
  if (typeof token === 'string') return token;
  return request.headers.authorization === undefined ? undefined : readBearerToken(request);
}

function refusal(error: unknown): Error {
  if (!(error instanceof GuardError)) return new Error('internal_error');
  return Object.assign(new Error(error.code), { data: problemOf(error) });
}
