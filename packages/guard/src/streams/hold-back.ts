import type { OpenStream } from '../guard.js';

type Method = (...args: unknown[]) => unknown;

/** The methods with which an application writes to a stream. */
export interface Writers {
  readonly target: object;
  readonly methods: readonly string[];
}

/**
 * Drops what the application writes while nothing may be delivered. A timer closes streams when the lease has run out, but
 * a process that was paused, or is busy, runs timers and listeners of the application before that one.
 *
 * @returns what gives the methods back, so that the stream can be closed with them
 */
export function holdBack({ target, methods }: Writers, stream: Pick<OpenStream, 'mayDeliver'>): () => void {
  const originals = methods.map((name) => [name, Reflect.get(target, name) as Method] as const);
  for (const [name, original] of originals) {
    Reflect.set(target, name, function (this: unknown, ...args: unknown[]) {
      return stream.mayDeliver() ? original.apply(this, args) : false;
    });
  }
  return () => {
    for (const [name, original] of originals) Reflect.set(target, name, original);
  };
}
