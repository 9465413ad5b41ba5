import { AppError } from './app-error.js';

/**
 * Waits at most `ms` for a dependency, and ignores an answer that comes later. Every read of Postgres and Redis uses
 * this, so it costs one timer: libraries such as p-timeout also create and abort an `AbortSignal` for each call.
 *
 * @throws {AppError} service_unavailable after `ms`; otherwise whatever `work` throws
 */
export async function withTimeout<T>(ms: number, work: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(
        new AppError('service_unavailable', {
          cause: new Error(`no answer within ${ms} ms`),
          retryAfterSeconds: 1,
        }),
      );
    }, ms);
  });
  try {
    return await Promise.race([work(), timeout]);
  } finally {
    clearTimeout(timer);
  }
}
