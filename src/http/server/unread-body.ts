import type { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ignoresBody } from './ignored-body.js';

/** Bounds on what is read, and for how long. */
const MAX_BYTES = 32 * 1024 * 1024;
const MAX_MS = 1_000;

/**
 * Reads the rest of a request body before an answer that closes the connection. Closing a connection with unread data
 * resets it, and the client can lose the answer (RFC 9112 §9.6). If the connection stays open, Node discards the rest.
 */
export function readBodyBeforeClosing(fastify: FastifyInstance): void {
  fastify.addHook('onSend', (request, reply, _payload, done) => {
    if (!closes(request, reply) || request.raw.readableEnded || request.raw.destroyed) return done();
    if (ignoresBody(request)) return done();
    discard(request.raw, () => done());
  });
}

function closes({ raw }: FastifyRequest, reply: FastifyReply): boolean {
  return (
    raw.httpVersion === '1.0' ||
    raw.headers.connection?.toLowerCase() === 'close' ||
    reply.getHeader('connection') === 'close'
  );
}

function discard(body: Readable, done: () => void): void {
  let length = 0;
  const onData = (chunk: Buffer) => {
    length += chunk.length;
    if (length > MAX_BYTES) finish();
  };
  const finish = () => {
    clearTimeout(timer);
    body.off('data', onData).off('end', finish).off('close', finish);
    done();
  };
  const timer = setTimeout(finish, MAX_MS);
  // An error is followed by 'close', and must have a listener even if it comes later.
  body
    .on('data', onData)
    .on('end', finish)
    .on('close', finish)
    .on('error', () => {});
}
