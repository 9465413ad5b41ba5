import { isUtf8 } from 'node:buffer';
import type { FastifyInstance } from 'fastify';
import { AppError } from '../../errors/app-error.js';
import { parseJsonObject } from './strict-json.js';

export const BODY_LIMIT_BYTES = 16 * 1024;

const BYTE_ORDER_MARK = '\ufeff';

/** Fastify rejects any other media type. Why its JSON parser is replaced: `docs/adr/0022-strict-json-bodies.md`. */
export function acceptJsonOnly(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  // Without a body its type does not matter: some clients send one with every request.
  fastify.addHook('onRequest', ({ headers }, _reply, done) => {
    if (headers['content-length'] === '0') delete headers['content-type'];
    done();
  });
  fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, bytes, done) => {
    try {
      done(null, parseJsonBody(bytes as Buffer));
    } catch (error) {
      done(error as AppError);
    }
  });
}

/** An empty body counts as no body: simple clients send the content type with every request. */
function parseJsonBody(bytes: Buffer): object | undefined {
  if (bytes.length === 0) return undefined;
  // RFC 8259 §8.1. Decoding would replace invalid bytes by U+FFFD, and so make two different passwords equal.
  if (!isUtf8(bytes)) throw new AppError('malformed_body', { detail: 'The body is not valid UTF-8.' });
  const text = bytes.toString('utf8');
  // RFC 8259 §8.1: a parser may ignore a byte order mark, which editors and .NET put at the beginning of a text.
  return parseJsonObject(text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text);
}
