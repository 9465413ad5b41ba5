import { ASSERTION_HEADER, identityHeaders } from '@latchkey/access-token/forward-auth/identity-headers';
import type { Principal } from '../principal.js';
import type { EdgeAnswer } from './edge-answer.js';

export function grant(principal: Principal, assertion: string): EdgeAnswer {
  return { status: 200, headers: { ...identityHeaders(principal), [ASSERTION_HEADER]: assertion }, body: '' };
}
