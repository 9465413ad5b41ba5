import type { ConnectedGuard, GuardParent } from '@latchkey/revocation/guard-connection/guard-parent';
import { CLOSE } from '@latchkey/revocation/guard-connection/messages';
import type { WebSocket } from 'ws';
import type { AuthenticatedClient } from '../clients/client-authentication.js';

/** Connections of one client to one instance. */
export const MAX_GUARDS_PER_CLIENT = 1_000;
/** How long a guard may take to close its end when this instance stops. */
const CLOSING_MS = 1_000;

interface OpenSocket {
  readonly webSocket: WebSocket;
  readonly guard: ConnectedGuard;
  readonly authenticated: AuthenticatedClient;
}

/** The WebSockets of guards, and what they have in common with the protocol. */
export class GuardSockets {
  private readonly open = new Set<OpenSocket>();
  private readonly counts = new Map<string, number>();

  constructor(private readonly parent: Pick<GuardParent, 'connect'>) {}

  hasRoomFor(clientId: string): boolean {
    return (this.counts.get(clientId) ?? 0) < MAX_GUARDS_PER_CLIENT;
  }

  add(webSocket: WebSocket, authenticated: AuthenticatedClient): void {
    const { clientId } = authenticated.client;
    const guard = this.parent.connect(messageSocket(webSocket), clientId);
    const socket = { webSocket, guard, authenticated };
    this.open.add(socket);
    this.count(clientId, 1);
    webSocket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) close(socket, CLOSE.protocol, 'messages are text');
      else guard.receive(data.toString());
    });
    // `close` follows. A message that is too large is an error as well, and `ws` closes with 1009.
    webSocket.on('error', () => guard.lost());
    webSocket.once('close', () => {
      guard.lost();
      this.open.delete(socket);
      this.count(clientId, -1);
    });
  }

  /** Closes the connections whose client may not have one any longer. */
  closeUnless(isValid: (authenticated: AuthenticatedClient) => boolean): void {
    for (const socket of this.open) {
      if (!isValid(socket.authenticated))
        close(socket, CLOSE.credentials, 'the credentials are not valid any more');
    }
  }

  /** Closes all connections, at the latest after a second. */
  async closeAll(): Promise<void> {
    const closed = [...this.open].map(
      ({ webSocket }) => new Promise((resolve) => webSocket.once('close', resolve)),
    );
    for (const socket of this.open) close(socket, CLOSE.normal, 'the instance has shut down');
    const timer = setTimeout(() => {
      for (const { webSocket } of this.open) webSocket.terminate();
    }, CLOSING_MS);
    await Promise.all(closed);
    clearTimeout(timer);
  }

  private count(clientId: string, change: 1 | -1): void {
    const count = (this.counts.get(clientId) ?? 0) + change;
    if (count > 0) this.counts.set(clientId, count);
    else this.counts.delete(clientId);
  }
}

/** Nothing that arrives later counts: an answer to it could not be sent. */
function close({ webSocket, guard }: OpenSocket, code: number, reason: string): void {
  webSocket.close(code, reason);
  guard.lost();
}

function messageSocket(webSocket: WebSocket) {
  return {
    send: (text: string) => webSocket.send(text),
    get unsentBytes() {
      return webSocket.bufferedAmount;
    },
    close: (code: number, reason: string) => webSocket.close(code, reason),
  };
}
