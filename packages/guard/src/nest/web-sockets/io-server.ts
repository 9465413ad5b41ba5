import type { IncomingMessage } from 'node:http';
import { GuardError } from '../../guard-error.js';
import { problemOf } from '../../problem.js';
import { clientOf } from '../transports/http-request.js';
import { type Admission, admissions, type Presented } from './admissions.js';
import { readHandshakeToken } from './handshake-token.js';

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
export function verifyIoHandshakes(
  server: IoServer,
  verify: (presented: Presented) => Promise<Admission | null>,
): void {
  const admit = async (socket: IoSocket) => {
    const admission = await verify({ token: tokenOf(socket), client: clientOf(socket.request) });
    if (admission) admissions.set(socket, admission);
  };
  server.use((socket, next) => {
    admit(socket).then(
      () => next(),
      (error: unknown) => next(refusal(error)),
    );
  });
}

/** `io(url, { auth: { token } })`, or the headers of the request. */
function tokenOf({ handshake, request }: IoSocket): string | undefined {
  const token = handshake.auth?.token;
  return typeof token === 'string' ? token : readHandshakeToken(request);
}

function refusal(error: unknown): Error {
  if (!(error instanceof GuardError)) return new Error('internal_error');
  return Object.assign(new Error(error.code), { data: problemOf(error) });
}
