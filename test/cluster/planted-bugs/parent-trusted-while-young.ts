import { GuardParent } from '@latchkey/revocation/guard-connection/guard-parent';
import { replaceMethod } from './replace-method.js';

interface Inside {
  youngUntil: number;
}

/** Breaks rule 5 for parents: an instance without Redis does not wait for the guards of its predecessor. */
const start = replaceMethod(GuardParent, 'start', function (this: Inside): void {
  start.call(this);
  this.youngUntil = Number.NEGATIVE_INFINITY;
});
