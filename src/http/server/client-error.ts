import type { Socket } from 'node:net';
import type { FastifyBaseLogger } from 'fastify';
import { AppError } from '../../errors/app-error.js';
import type { ErrorCode } from '../../errors/error-codes.js';
import { logText } from '../../logging/log-text.js';
import { answerRaw } from './raw-answer.js';

/** Errors of Node's HTTP parser other than a malformed request. */
const BY_PARSER_CODE: Readonly<Record<string, ErrorCode>> = {
  HPE_HEADER_OVERFLOW: 'headers_too_large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'body_too_large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
};

const answered = new WeakSet<Socket>();

/** Answers a request that Node's HTTP parser rejects, which Fastify never sees, and closes the connection. */
export function answerClientError(
  fault: Error & { code?: string },
  socket: Socket,
  logger: FastifyBaseLogger,
): void {
  // The parser reports the error again for each further packet on the connection.
  if (answered.has(socket)) return;
  answered.add(socket);
  const error = new AppError(BY_PARSER_CODE[fault.code ?? ''] ?? 'malformed_request');
  if (fault.code === 'ECONNRESET' || !socket.writable || isAnswering(socket)) {
    socket.destroy();
    return;
  }
  logger.info(
    { code: error.code, fault: logText(fault.code ?? '', 64), address: socket.remoteAddress },
    'request refused',
  );
  answerRaw(socket, error);
}

/** As in Node's default handler: after the head of another answer, a second head would be read as part of its body. */
function isAnswering(socket: Socket): boolean {
  const { _httpMessage: message } = socket as { _httpMessage?: { headersSent: boolean } | null };
  return message?.headersSent === true;
}
