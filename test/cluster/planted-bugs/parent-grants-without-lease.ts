import { GuardParent } from '@latchkey/revocation/guard-connection/guard-parent';
import { replaceMethod } from './replace-method.js';

interface Inside {
  readonly parts: { readonly leaseMs: number };
}

/** Breaks rule 3 for parents: a full lease is given although the parent may not trust its own caches. */
replaceMethod(GuardParent, 'grantLease', function (this: Inside): number {
  return this.parts.leaseMs;
});
