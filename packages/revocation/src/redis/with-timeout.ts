import { startDeadline } from '../deadline.js';
import { TimeoutError } from '../errors.js';

/**
 * Waits no longer than `ms`; a later answer is ignored. Costs one timer: an `AbortSignal` would cost more on every
 * command, including those that succeed.
 *
 * @throws {TimeoutError} when the time is up; otherwise what `work` throws
 */
export async function withTimeout<T>(ms: number, work: () => Promise<T>): Promise<T> {
  let cancel: (() => void) | undefined;
  const timeIsUp = new Promise<never>((_resolve, reject) => {
    cancel = startDeadline(ms, () => reject(new TimeoutError(`no answer within ${ms} ms`)));
  });
  try {
    return await Promise.race([work(), timeIsUp]);
  } finally {
    cancel?.();
  }
}
