import { GuardError } from '../guard-error.js';

/**
 * Waits for a decision, but not longer than a gateway should hold a request.
 *
 * @throws {GuardError} service_unavailable after `deadlineMs`
 */
export function withinDeadline<T>(decision: Promise<T>, deadlineMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new GuardError('service_unavailable', { detail: 'The check took too long.' }));
    }, deadlineMs);
    decision.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
