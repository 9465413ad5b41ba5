import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from '../errors/app-error.js';
import { parseJsonObject } from './json-text.js';
import { readBody } from './read-body.js';

export const BODY_LIMIT_BYTES = 16 * 1024;

/** Makes `application/json` the only body there is. */
export function acceptJsonOnly(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', async (_: FastifyRequest, payload: IncomingMessage) => {
    const bytes = await readBody(payload, BODY_LIMIT_BYTES);
    if (!bytes) throw new AppError('body_too_large');
    return parseJsonBody(bytes);
  });
  fastify.addContentTypeParser('*', async (request: FastifyRequest, payload: IncomingMessage) => {
    await readBody(payload, 0);
    if (!request.is404) throw new AppError('unsupported_media_type');
  });
}

/** An empty body counts as none: simple clients send the header with every request. */
function parseJsonBody(bytes: Buffer): object | undefined {
  if (bytes.length === 0) return undefined;
  // RFC 8259 §8.1. Decoding would put U+FFFD in place of what is wrong, and two passwords would become one.
  if (!isUtf8(bytes)) throw new AppError('malformed_body', { detail: 'The body is not valid UTF-8.' });
  return parseJsonObject(bytes.toString('utf8'));
}
