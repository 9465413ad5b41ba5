import { GuardParent } from '@latchkey/revocation/guard-connection/guard-parent';
import { replaceMethod } from './replace-method.js';

/** Breaks rule 4 for parents: an end is acknowledged without waiting for the guards below. */
replaceMethod(GuardParent, 'inForce', async () => {});
