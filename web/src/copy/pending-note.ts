import type { Enforcement } from '../api/revocation-outcome';

/** To be put after what was done. */
export function onItsWay(enforcement: Enforcement): string {
  return enforcement === 'pending' ? ' It takes effect everywhere within moments.' : '';
}
