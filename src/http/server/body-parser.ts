import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from '../../errors/app-error.js';
import type { ErrorCode } from '../../errors/error-codes.js';
import { discardBody } from './discard-body.js';
import { parseJsonObject } from './json-text.js';
import { readBody } from './read-body.js';

export const BODY_LIMIT_BYTES = 16 * 1024;

/** Makes `application/json` the only body there is. */
export function acceptJsonOnly(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser(
    'application/json',
    async (request: FastifyRequest, payload: IncomingMessage) => {
      const isDeclaredTooLarge = Number(request.headers['content-length']) > BODY_LIMIT_BYTES;
      const bytes = isDeclaredTooLarge ? null : await readBody(payload, BODY_LIMIT_BYTES);
      return bytes ? parseJsonBody(bytes) : refuse('body_too_large', request, payload);
    },
  );
  fastify.addContentTypeParser('*', async (request: FastifyRequest, payload: IncomingMessage) => {
    if (!request.is404) await refuse('unsupported_media_type', request, payload);
  });
}

/**
 * Closing with unread data resets the connection, and the client may lose the answer (RFC 9112 §9.6). A connection
 * that stays open is answered at once, and Node reads on into nothing; one that closes is read first.
 */
async function refuse(code: ErrorCode, { raw }: FastifyRequest, payload: IncomingMessage): Promise<never> {
  const closes = raw.httpVersion === '1.0' || raw.headers.connection?.toLowerCase() === 'close';
  if (closes) await discardBody(payload);
  throw new AppError(code);
}

/** An empty body counts as none: simple clients send the header with every request. */
function parseJsonBody(bytes: Buffer): object | undefined {
  if (bytes.length === 0) return undefined;
  // RFC 8259 §8.1. Decoding would put U+FFFD in place of what is wrong, and two passwords would become one.
  if (!isUtf8(bytes)) throw new AppError('malformed_body', { detail: 'The body is not valid UTF-8.' });
  return parseJsonObject(bytes.toString('utf8'));
}
