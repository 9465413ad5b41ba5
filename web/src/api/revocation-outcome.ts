import type { ApiResponse } from './request';

/** How far an end has come: it holds everywhere, or it is certain and on its way. */
export type RevocationOutcome = 'enforced' | 'pending';

export function revocationOutcome({ status }: ApiResponse<unknown>): RevocationOutcome {
  return status === 202 ? 'pending' : 'enforced';
}
