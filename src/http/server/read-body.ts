import type { Readable } from 'node:stream';
import { AppError } from '../../errors/app-error.js';

/**
 * Reads a whole request body.
 *
 * @param limit bytes kept at most
 * @returns the body, or `null` as soon as it proves larger; the rest flows on into nothing
 * @throws {AppError} `malformed_request` when the connection fails before the end
 */
export function readBody(source: Readable, limit: number): Promise<Buffer | null> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;

    const onData = (chunk: Buffer) => {
      length += chunk.length;
      chunks.push(chunk);
      if (length > limit) settle(() => resolve(null));
    };
    const onEnd = () => settle(() => resolve(Buffer.concat(chunks, length)));
    const onFailure = (cause?: Error) => settle(() => reject(new AppError('malformed_request', { cause })));
    const settle = (answer: () => void) => {
      source.off('data', onData).off('end', onEnd).off('close', onFailure).resume();
      answer();
    };
    // The listener for errors stays: one that comes late must find a listener.
    source.on('data', onData).on('end', onEnd).on('close', onFailure).on('error', onFailure);
  });
}
