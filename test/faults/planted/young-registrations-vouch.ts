import type { PushReceipt } from '@latchkey/revocation/bus';
import { Membership } from '@latchkey/revocation/membership';

interface Inside {
  readonly bus: { readonly instanceId: string };
  isTableReliable(receipt: PushReceipt): boolean;
}

/** Without rule 5 a table that was wiped a moment ago is believed by whoever has registered again first. */
(Membership.prototype as unknown as Inside).isTableReliable = function (this: Inside, { registered }) {
  return registered.has(this.bus.instanceId);
};
