import { GuardParent } from '@latchkey/revocation/guard-connection/guard-parent';
import { replaceMethod } from './replace-method.js';

/** Breaks rule 6 for parents: an instance leaves the others while guards hold leases from it. */
replaceMethod(GuardParent, 'leave', async () => {});
