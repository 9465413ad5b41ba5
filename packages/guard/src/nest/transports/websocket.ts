import type { ExecutionContext } from '@nestjs/common';
import { problemOf } from '../../problem.js';
import { invalidToken } from '../../tokens/invalid-token.js';
import type { Carrier } from '../http-request.js';
import type { Transport } from '../transport.js';
import { admissions } from '../web-sockets/admissions.js';
import { connectionOf } from '../web-sockets/socket-connection.js';

/** WebSocket gateways, with `ws` or socket.io. The token is that of the handshake, which `WebSocketAdmission` checked. */
export const websocket: Transport = {
  token(context) {
    const admission = admissions.get(clientOf(context));
    if (!admission) throw invalidToken('the client connected without a token');
    return admission.token;
  },

  request: (context) => admissions.get(clientOf(context))?.request,
  carrier: clientOf,
  longConnection: (context) => connectionOf(clientOf(context)),

  async exception(error) {
    const { WsException } = await import('@nestjs/websockets');
    return new WsException({ ...problemOf(error), message: error.message });
  },
};

function clientOf(context: ExecutionContext): Carrier & object {
  return context.switchToWs().getClient();
}
