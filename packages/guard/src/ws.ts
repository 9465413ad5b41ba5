import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocket, WebSocketServer } from 'ws';
import { type Demands, requireDemands } from './demands.js';
import { seconds } from './duration.js';
import type { Guard } from './guard.js';
import { GuardError } from './guard-error.js';
import { clientOf as clientOfHttp, type HttpGuardOptions } from './http/authenticate.js';
import { refuseUpgrade } from './http/refuse-upgrade.js';
import { takeUpgradeToken } from './http/upgrade-token.js';
import type { Principal } from './principal.js';
import { streamEndOfError } from './session-end-errors.js';
import { closeSocket } from './streams/close-socket.js';
import { holdBack } from './streams/hold-back.js';

export interface UpgradeOptions extends HttpGuardOptions<IncomingMessage>, Demands {
  /** Created with `noServer: true`. Its `connection` event gets the principal as third argument. */
  readonly server: WebSocketServer;
}

export type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/**
 * A listener for the `upgrade` event of an HTTP server. It accepts WebSockets of callers with a valid token of an active
 * session, answers the others like the service does, and closes each WebSocket when its session ends.
 *
 * Programs send the token in the `Authorization` header. Browsers cannot set one, and offer it as a subprotocol beside
 * the application's own: `new WebSocket(url, ['chat.v1', 'latchkey.bearer.' + token])`. It is removed from the request
 * before the subprotocol is chosen, and does not appear in URLs, which are logged.
 */
export function latchkey(options: UpgradeOptions): UpgradeListener {
  const { guard, server, clientOf = clientOfHttp } = options;
  if (options.maxAge !== undefined) seconds(options.maxAge);
  const authenticate = async (request: IncomingMessage) =>
    requireDemands(await guard.check(takeUpgradeToken(request), clientOf(request)), options);
  return (request, socket, head) => {
    // The client may disconnect while its token is checked.
    const ignore = () => {};
    socket.on('error', ignore);
    const isPresented = request.headers.authorization !== undefined;
    authenticate(request).then(
      (principal) => {
        socket.off('error', ignore);
        server.handleUpgrade(request, socket, head, (webSocket) => {
          if (trackSocket(guard, principal, webSocket)) {
            server.emit('connection', webSocket, request, principal);
          }
        });
      },
      (error: unknown) => refuseUpgrade(socket, error, isPresented),
    );
  };
}

/**
 * Closes a WebSocket when the session of its caller ends: with code 4401 and a JSON object of the `code` and, if there is
 * one, the `reason`; with 1013 if the guard can no longer tell whether the session is active.
 *
 * @returns whether the WebSocket is open; `false` if the session has ended since it was checked
 */
function trackSocket(guard: Guard, principal: Principal, socket: WebSocket): boolean {
  if (socket.readyState > socket.OPEN) return false;
  try {
    const stream = guard.openStream(principal, (end) => closeSocket(socket, end));
    holdBack({ target: socket, methods: ['send'] }, stream);
    socket.once('close', () => stream.release());
    return true;
  } catch (error) {
    if (!(error instanceof GuardError)) throw error;
    closeSocket(socket, streamEndOfError(error));
    return false;
  }
}
