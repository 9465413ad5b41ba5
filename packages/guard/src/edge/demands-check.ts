import {
  type Demands,
  InvalidDemands,
  parseDemands,
  unmetDemand,
} from '@latchkey/access-token/forward-auth/demands';
import { GuardError, type GuardErrorOptions } from '../guard-error.js';
import type { Principal } from '../principal.js';
import { EdgeError } from './edge-error.js';

/**
 * @param query the operator's, without the question mark
 * @throws {EdgeError} validation_failed for anything that is unknown or malformed
 */
export function readDemands(query: string): Demands {
  try {
    return parseDemands(query);
  } catch (error) {
    if (!(error instanceof InvalidDemands)) throw error;
    throw new EdgeError('validation_failed', error.message, { cause: error });
  }
}

/**
 * @param now epoch milliseconds
 * @throws {GuardError} for the first demand that the caller does not meet
 */
export function requireDemands(demands: Demands, principal: Principal, now: number): void {
  const unmet = unmetDemand(demands, principal, now);
  if (!unmet) return;
  const members: GuardErrorOptions['members'] =
    unmet.code === 'reauthentication_required' ? { max_age: unmet.maxAgeSeconds } : {};
  throw new GuardError(unmet.code, { members });
}
