import { AppError } from './app-error.js';

/**
 * Waits for a dependency no longer than `ms`; what it still answers then is dropped. Every read of Postgres and Redis
 * goes through here, so it costs a timer and no more: libraries abort a signal each time, also when all went well.
 *
 * @throws {AppError} service_unavailable when the time is up, else what the work throws
 */
export async function withTimeout<T>(ms: number, work: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeIsUp = new Promise<never>((_resolve, reject) => {
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
    return await Promise.race([work(), timeIsUp]);
  } finally {
    clearTimeout(timer);
  }
}
