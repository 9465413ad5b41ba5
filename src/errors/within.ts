import { TaskCancelledError, TimeoutStrategy, timeout } from 'cockatiel';
import { AppError } from './app-error.js';

/**
 * Waits for a dependency no longer than `ms`; what it still answers then is dropped.
 *
 * @throws {AppError} service_unavailable when the time is up, else what the work throws
 */
export async function within<T>(ms: number, work: () => Promise<T>): Promise<T> {
  try {
    // With a signal of its own: cockatiel's default is one for all, which collects their listeners.
    return await timeout(ms, TimeoutStrategy.Aggressive).execute(work, new AbortController().signal);
  } catch (error) {
    if (!(error instanceof TaskCancelledError)) throw error;
    throw new AppError('service_unavailable', { cause: error, retryAfterSeconds: 1 });
  }
}
