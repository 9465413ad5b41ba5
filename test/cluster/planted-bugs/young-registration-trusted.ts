import type { PushReceipt } from '@latchkey/revocation/bus';
import { Membership } from '@latchkey/revocation/membership';
import { replaceMethod } from './replace-method.js';

interface Inside {
  readonly bus: { readonly instanceId: string };
}

/** Breaks rule 5: the first instance to register again after a flush trusts the incomplete instance table. */
replaceMethod(Membership, 'isTableReliable', function (this: Inside, { registered }: PushReceipt) {
  return registered.has(this.bus.instanceId);
});
