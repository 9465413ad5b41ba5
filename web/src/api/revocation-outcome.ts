import type { Answer } from './request';

/** How far an end has come: it holds everywhere, or it is certain and on its way. */
export type Enforcement = 'enforced' | 'pending';

export function enforcementOf({ status }: Answer<unknown>): Enforcement {
  return status === 202 ? 'pending' : 'enforced';
}
