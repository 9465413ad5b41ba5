import type { Readable } from 'node:stream';
import { AppError } from '../errors/app-error.js';

/**
 * How much of a body that will be refused is read on. An answer given while the client still writes is often lost:
 * closing a socket with unread data resets the connection (RFC 9112 §9.6).
 */
const DISCARD_BYTES = 32 * 1024 * 1024;
const DISCARD_MS = 1_000;

/**
 * Reads a whole request body.
 *
 * @param limit bytes kept at most
 * @returns the body, or `null` when it is larger; what is over the limit has been discarded, within bounds
 * @throws {AppError} `malformed_request` when the connection fails before the end
 */
export function readBody(source: Readable, limit: number): Promise<Buffer | null> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    let discarding: NodeJS.Timeout | undefined;

    const onData = (chunk: Buffer) => {
      length += chunk.length;
      if (length <= limit) {
        chunks.push(chunk);
        return;
      }
      discarding ??= setTimeout(() => settle(() => resolve(null)), DISCARD_MS);
      if (length > limit + DISCARD_BYTES) settle(() => resolve(null));
    };
    const onEnd = () => settle(() => resolve(length > limit ? null : Buffer.concat(chunks, length)));
    const onFailure = (cause?: Error) => settle(() => reject(new AppError('malformed_request', { cause })));
    const settle = (answer: () => void) => {
      clearTimeout(discarding);
      source.off('data', onData).off('end', onEnd).off('close', onFailure);
      answer();
    };
    // The listener for errors stays: one that comes late must find a listener.
    source.on('data', onData).on('end', onEnd).on('close', onFailure).on('error', onFailure);
  });
}
