import type { PushReceipt } from '@latchkey/revocation/bus';
import { Membership } from '@latchkey/revocation/membership';

interface Inside {
  readonly bus: { readonly instanceId: string };
  vouchesFor(receipt: PushReceipt): boolean;
}

/** Breaks rule 5: the first instance to register again after a flush trusts the incomplete instance table. */
(Membership.prototype as unknown as Inside).vouchesFor = function (this: Inside, { registered }) {
  return registered.has(this.bus.instanceId);
};
