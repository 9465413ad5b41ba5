import type { IncomingMessage } from 'node:http';
import { GuardError } from '../../guard-error.js';
import { headersOf, problemOf } from '../../problem.js';
import { clientOf } from '../transports/http-request.js';
import { type Admission, admissions, type Presented } from './admissions.js';
import { readHandshakeToken } from './handshake-token.js';

type Done = (isVerified: boolean, status?: number, body?: string, headers?: Record<string, string>) => void;
type Handshake = { readonly req: IncomingMessage };
type VerifyClient = (handshake: Handshake, done: Done) => unknown;

/** The part of a `WebSocketServer` of the package `ws` that is used. */
interface WsServer {
  readonly options: { verifyClient?: VerifyClient | ((handshake: Handshake) => boolean) | null };
  readonly handleUpgrade: unknown;
}

export function isWsServer(server: object): server is WsServer {
  return 'handleUpgrade' in server && 'options' in server;
}

/** Refuses an upgrade with problem details before there is a connection. The application's own check comes after it. */
export function verifyUpgrades(
  { options }: WsServer,
  verify: (presented: Presented) => Promise<Admission | null>,
): void {
  const next = options.verifyClient;
  const admit = async (request: IncomingMessage) => {
    const admission = await verify({ token: readHandshakeToken(request), client: clientOf(request) });
    if (admission) admissions.set(request, admission);
  };
  options.verifyClient = (handshake: Handshake, done: Done) => {
    admit(handshake.req).then(
      () => proceed(next, handshake, done),
      (error: unknown) => refuse(error, handshake.req, done),
    );
  };
}

function proceed(next: WsServer['options']['verifyClient'], handshake: Handshake, done: Done): void {
  if (!next) done(true);
  // As `ws` tells the two kinds apart.
  else if (next.length === 2) (next as VerifyClient)(handshake, done);
  else done((next as (handshake: Handshake) => boolean)(handshake));
}

function refuse(error: unknown, { headers }: IncomingMessage, done: Done): void {
  if (error instanceof GuardError) {
    const { 'content-type': type = '', ...others } = headersOf(error, headers.authorization !== undefined);
    // `ws` has a default for this header, with this spelling.
    done(false, error.status, JSON.stringify(problemOf(error)), { ...others, 'Content-Type': type });
  } else done(false, 500);
}
