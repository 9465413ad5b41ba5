import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { AppError } from '../../errors/app-error.js';
import { toAppError } from '../../errors/to-app-error.js';
import { logText } from '../../logging/log-text.js';
import { answerRaw } from './raw-answer.js';

/** Takes over the connection of a request for a WebSocket, or rejects with why it is refused. */
export type AcceptUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => Promise<void>;

const LOGGED_PATH_MAX_LENGTH = 256;

/**
 * Accepts WebSockets at one path. A request for one at another path is refused with 404.
 *
 * With a listener for upgrades, Node hands over every request with an `Upgrade` header. A server may ignore that header
 * (RFC 9110 §7.8), and some HTTP clients offer HTTP/2 in it with every first request: these requests are served as usual.
 */
export function acceptWebSockets(fastify: FastifyInstance, path: string, accept: AcceptUpgrade): void {
  const server = fastify.server as Server;
  const answer: AcceptUpgrade = async (request, socket, head) => {
    if (!isWebSocket(request)) return serveAsHttp(server, request, socket, head);
    const release = destroyOnError(socket);
    try {
      if (pathOf(request) !== path) throw new AppError('not_found');
      await accept(request, socket, head);
    } catch (thrown) {
      refuse(fastify, request, socket, thrown);
    } finally {
      release();
    }
  };
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) =>
    afterResponses(socket, () => void answer(request, socket, head)),
  );
}

/** A client may send a request before it has the response to the one before (RFC 9112 §9.3.2). */
function afterResponses(socket: Duplex, next: () => void): void {
  const { _httpMessage: response } = socket as { _httpMessage?: ServerResponse | null };
  if (!response) {
    next();
    return;
  }
  const release = destroyOnError(socket);
  response.once('finish', () => {
    release();
    afterResponses(socket, next);
  });
}

/** Node has removed its own listener. @returns removes this one, once another part looks after the connection */
function destroyOnError(socket: Duplex): () => void {
  const onError = () => socket.destroy();
  socket.on('error', onError);
  return () => socket.off('error', onError);
}

function refuse(fastify: FastifyInstance, request: IncomingMessage, socket: Duplex, thrown: unknown): void {
  const error = toAppError(thrown);
  const { remoteAddress: address } = socket as Socket;
  const fields = { code: error.code, path: logText(pathOf(request), LOGGED_PATH_MAX_LENGTH), address };
  if (error.code === 'internal_error') fastify.log.error({ ...fields, err: thrown }, 'unexpected error');
  else fastify.log.info(fields, 'upgrade refused');
  answerRaw(socket, error);
}

function pathOf({ url = '' }: IncomingMessage): string {
  return url.split('?', 1)[0] ?? '';
}

function isWebSocket({ method, headers }: IncomingMessage): boolean {
  return method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket';
}

/** Gives the connection back, with the request that was read from it. Node documents `connection` for this use. */
function serveAsHttp(server: Server, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  const { method, url, httpVersion, rawHeaders } = request;
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    if (rawHeaders[i]?.toLowerCase() !== 'upgrade') lines.push(`${rawHeaders[i]}: ${rawHeaders[i + 1]}`);
  }
  // Node decodes headers as Latin-1.
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]));
  server.emit('connection', socket);
}
