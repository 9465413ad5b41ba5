import { startDeadline } from '@latchkey/revocation/deadline';
import { AppError } from './app-error.js';

/**
 * Waits at most `ms` for a dependency, not counting time in which this process was stalled, and ignores an answer that
 * comes later. Every read of Postgres and Redis uses this, so it costs one timer: libraries such as p-timeout also create
 * and abort an `AbortSignal` for each call.
 *
 * @throws {AppError} service_unavailable after `ms`; otherwise whatever `work` throws
 */
export async function withTimeout<T>(ms: number, work: () => Promise<T>): Promise<T> {
  let cancel: (() => void) | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    cancel = startDeadline(ms, () => {
      reject(
        new AppError('service_unavailable', {
          cause: new Error(`no answer within ${ms} ms`),
          retryAfterSeconds: 1,
        }),
      );
    });
  });
  try {
    return await Promise.race([work(), timeout]);
  } finally {
    cancel?.();
  }
}
