import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type RawData, WebSocket, WebSocketServer } from 'ws';
import { waitUntil } from '../../../support/wait-until.js';
import type { Node } from '../../history/node.js';

const SUBPROTOCOL = 'latchkey-guard.v1';
const SEEN_TIMEOUT_MS = 60_000;

/** A message of the guard protocol (docs/guard-protocol.md). */
interface Message {
  readonly type: string;
  readonly r?: number;
}

/** Whether a message is passed on now; `deliver` passes it on later. */
type Filter = (message: Message, deliver: () => void) => boolean;

const PASS: Filter = () => true;

/** The connection between one guard and its parent, message by message, so that a schedule decides what arrives. */
export class GuardWire {
  /** Messages that are not passed on are lost, and neither end notices. */
  toGuard = PASS;
  toParent = PASS;
  private leases = 0;
  private isCut = false;
  private readonly sockets = new WebSocketServer({ noServer: true, handleProtocols: () => SUBPROTOCOL });
  private readonly connections = new Set<WebSocket>();

  private constructor(
    private readonly node: Node,
    private readonly server: Server,
  ) {
    server.on('request', (request, response) => void this.relayRequest(request, response));
    server.on('upgrade', (request, socket, head) => this.connect(request, socket, head));
  }

  static async start(node: Node): Promise<GuardWire> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new GuardWire(node, server);
  }

  /** For the guard: where it reaches the instance. */
  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Resolves when the guard has just received a lease, so that all of it is still ahead. */
  async leased(): Promise<void> {
    const { leases } = this;
    await waitUntil('the guard receives a lease', () => this.leases > leases, {
      timeoutMs: SEEN_TIMEOUT_MS,
      everyMs: 5,
    });
  }

  /** Loses everything from now on, and neither end notices. */
  silence(): void {
    this.toGuard = () => false;
    this.toParent = () => false;
  }

  /** Passes on one more ping, and its pong late. Everything else is lost. Resolves when the pong has been passed on. */
  lastPong(late: () => Promise<void>): Promise<void> {
    let isPingSeen = false;
    this.toParent = ({ type }) => {
      if (type !== 'ping' || isPingSeen) return false;
      isPingSeen = true;
      return true;
    };
    return new Promise((resolve) => {
      this.toGuard = ({ type }, deliver) => {
        if (type === 'pong') void late().then(deliver).then(resolve);
        return false;
      };
    });
  }

  /** Breaks the connection so that both ends notice, and refuses new ones. */
  cut(): void {
    this.isCut = true;
    for (const socket of this.connections) socket.terminate();
  }

  /** Passes everything on again, on new connections. */
  heal(): void {
    this.cut();
    this.isCut = false;
    this.toGuard = PASS;
    this.toParent = PASS;
  }

  async stop(): Promise<void> {
    this.cut();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** The keys of the service. */
  private async relayRequest(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const answer = await fetch(this.node.url + request.url);
      const type = answer.headers.get('content-type') ?? '';
      response.writeHead(answer.status, { 'content-type': type }).end(await answer.text());
    } catch {
      // The instance is down.
      response.destroy();
    }
  }

  private connect(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => {});
    if (this.isCut) {
      socket.destroy();
      return;
    }
    const { authorization = '' } = request.headers;
    const parent = new WebSocket(`${this.node.url.replace(/^http/, 'ws')}/guard`, [SUBPROTOCOL], {
      headers: { authorization },
      perMessageDeflate: false,
    });
    parent.on('error', () => socket.destroy());
    // What the parent says first has to wait until the guard is connected.
    parent.once('open', () => {
      parent.pause();
      this.sockets.handleUpgrade(request, socket, head, (guard) => this.join(guard, parent));
    });
  }

  private join(guard: WebSocket, parent: WebSocket): void {
    this.connections.add(guard).add(parent);
    guard.on('error', () => {});
    guard.on('message', (data) => pass(data, parent, this.toParent));
    parent.on('message', (data) => {
      const message = pass(data, guard, this.toGuard);
      if (message?.type === 'pong' && (message.r ?? 0) > 0) this.leases += 1;
    });
    for (const [one, other] of [
      [guard, parent],
      [parent, guard],
    ] as const) {
      one.once('close', (code, reason) => {
        this.connections.delete(one);
        closeLike(other, code, reason);
      });
    }
    parent.resume();
  }
}

/** @returns the message if it was passed on */
function pass(data: RawData, to: WebSocket, filter: Filter): Message | null {
  const text = data.toString();
  const message = JSON.parse(text) as Message;
  const deliver = () => {
    if (to.readyState === WebSocket.OPEN) to.send(text);
  };
  if (!filter(message, deliver)) return null;
  deliver();
  return message;
}

function closeLike(socket: WebSocket, code: number, reason: Buffer): void {
  // 1005 and 1006 say that there was no code, and must not be sent (RFC 6455 §7.4.1).
  if (code === 1005 || code === 1006) socket.terminate();
  else socket.close(code, reason);
}
