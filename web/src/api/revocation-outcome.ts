import type { ApiResponse } from './request';

/** `enforced`: every instance refuses the session. `pending`: committed, but not yet confirmed by every instance. */
export type RevocationOutcome = 'enforced' | 'pending';

export function revocationOutcome({ status }: ApiResponse<unknown>): RevocationOutcome {
  return status === 202 ? 'pending' : 'enforced';
}
