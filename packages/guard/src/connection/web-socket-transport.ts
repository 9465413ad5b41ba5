import { type ClientRequest, type IncomingMessage, STATUS_CODES } from 'node:http';
import type { MessageSocket } from '@latchkey/revocation/guard-connection/message-socket';
import { GUARD_SUBPROTOCOL } from '@latchkey/revocation/guard-connection/messages';
import type {
  ConnectionEnd,
  GuardTransport,
  SocketHandlers,
} from '@latchkey/revocation/guard-connection/reconnection';
import { type ClientOptions, WebSocket } from 'ws';

const HANDSHAKE_TIMEOUT_MS = 4_000;
/** How long the other end may take to answer a close. */
const CLOSE_TIMEOUT_MS = 1_000;
/** Well above the size that the protocol allows. */
const MAX_MESSAGE_BYTES = 1_048_576;

export interface WebSocketTransportOptions {
  /** The base URLs of the instances, each with a trailing slash. */
  readonly baseUrls: readonly URL[];
  /** The value of the `Authorization` header. */
  readonly authorization: string;
  /** Certificates to trust instead of the system's, PEM. */
  readonly ca?: ClientOptions['ca'] | undefined;
}

/** Connects to one instance after the other. */
export class WebSocketTransport implements GuardTransport {
  readonly #urls: readonly URL[];
  // The types of ws lag behind: `closeTimeout` is an option since 8.19.
  readonly #options: ClientOptions & { readonly closeTimeout: number };
  /** Not always the first, which would be the parent of every guard. */
  #attempts: number;

  constructor({ baseUrls, authorization, ca }: WebSocketTransportOptions, random = Math.random) {
    this.#urls = baseUrls.map(guardUrl);
    this.#attempts = Math.floor(random() * baseUrls.length);
    this.#options = {
      headers: { authorization },
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
      closeTimeout: CLOSE_TIMEOUT_MS,
      maxPayload: MAX_MESSAGE_BYTES,
      perMessageDeflate: false,
      ...(ca === undefined ? {} : { ca }),
    };
  }

  open(handlers: SocketHandlers): MessageSocket {
    const url = this.#urls[this.#attempts % this.#urls.length] as URL;
    this.#attempts += 1;
    return new ParentSocket(new WebSocket(url, [GUARD_SUBPROTOCOL], this.#options), url, handlers);
  }
}

class ParentSocket implements MessageSocket {
  #isClosing = false;
  #status: number | undefined;
  #error: Error | undefined;

  constructor(
    private readonly socket: WebSocket,
    private readonly url: URL,
    handlers: SocketHandlers,
  ) {
    socket.on('message', (data, isBinary) => {
      // What arrives during the closing handshake belongs to a connection that the guard has given up.
      if (this.#isClosing) return;
      if (isBinary) this.close(1003, 'messages are text');
      else handlers.message(data.toString());
    });
    socket.on('unexpected-response', (_request: ClientRequest, response: IncomingMessage) => {
      this.#status = response.statusCode;
      socket.terminate();
    });
    socket.on('error', (error) => {
      this.#error ??= error;
    });
    socket.on('close', (code, reason) => handlers.closed(this.#end(code, reason.toString())));
  }

  get unsentBytes(): number {
    return this.socket.bufferedAmount;
  }

  send(text: string): void {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(text);
  }

  close(code: number, reason: string): void {
    this.#isClosing = true;
    if (this.socket.readyState === WebSocket.CONNECTING) this.socket.terminate();
    else this.socket.close(code, reason);
  }

  #end(code: number, reason: string): ConnectionEnd {
    if (this.#status !== undefined) {
      const phrase = STATUS_CODES[this.#status] ?? '';
      return { status: this.#status, message: `${this.url.href} answered ${this.#status} ${phrase}` };
    }
    const cause = this.#error?.message ?? `closed with ${code} ${reason}`;
    return { code, message: `${this.url.href}: ${cause}` };
  }
}

function guardUrl(baseUrl: URL): URL {
  const url = new URL('guard', baseUrl);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url;
}

/** RFC 6749 §2.3.1: both parts are form-urlencoded before they are joined. */
export function basicCredentials(clientId: string, clientSecret: string): string {
  const credentials = `${formUrlencoded(clientId)}:${formUrlencoded(clientSecret)}`;
  return `Basic ${Buffer.from(credentials).toString('base64')}`;
}

function formUrlencoded(text: string): string {
  return new URLSearchParams({ '': text }).toString().slice(1);
}
