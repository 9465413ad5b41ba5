import { IDENTITY_HEADERS, identityHeaders } from '@latchkey/access-token/forward-auth/identity-headers';
import type { Principal } from '../principal.js';
import type { EdgeAnswer } from './edge-answer.js';

const ASSERTION_HEADER = 'latchkey-assertion';

/** Every header of a grant: what a client sent under these names is overwritten. */
export const GRANT_HEADERS: ReadonlySet<string> = new Set([...IDENTITY_HEADERS, ASSERTION_HEADER]);

export function grant(principal: Principal, assertion: string): EdgeAnswer {
  return { status: 200, headers: { ...identityHeaders(principal), [ASSERTION_HEADER]: assertion }, body: '' };
}
