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
  let isHeld = true;
  const held = methods.map((name) => {
    const original = Reflect.get(target, name) as Method;
    const writer: Method = function (this: unknown, ...args) {
      return !isHeld || stream.mayDeliver() ? original.apply(this, args) : false;
    };
    Reflect.set(target, name, writer);
    return { name, original, writer };
  });
  return () => {
    isHeld = false;
    // Another stream on the same connection may have replaced the method since.
    for (const { name, original, writer } of held)
      if (Reflect.get(target, name) === writer) Reflect.set(target, name, original);
  };
}
