import type { Readable } from 'node:stream';

/** A body that goes on beyond these is not worth waiting for. */
const DISCARD_BYTES = 32 * 1024 * 1024;
const DISCARD_MS = 1_000;

/** Reads what is left of a request body into nothing, within bounds. */
export function discardBody(source: Readable): Promise<void> {
  return new Promise((resolve) => {
    let length = 0;
    const onData = (chunk: Buffer) => {
      length += chunk.length;
      if (length > DISCARD_BYTES) settle();
    };
    const settle = () => {
      clearTimeout(timer);
      source.off('data', onData).off('end', settle).off('close', settle);
      resolve();
    };
    const timer = setTimeout(settle, DISCARD_MS);
    source.on('data', onData).on('end', settle).on('close', settle).on('error', settle);
  });
}
