import type { HeartbeatReceipt } from '@latchkey/revocation/bus';
import { Membership } from '@latchkey/revocation/membership';

interface Inside {
  heard(sequence: number): void;
  received(sequence: number, receipt: HeartbeatReceipt): void;
}

/** Breaks rule 2: a healthy command connection renews the lease of an instance whose subscription receives nothing. */
const inside = Membership.prototype as unknown as Inside;
const { received } = inside;
inside.received = function (this: Inside, sequence, receipt) {
  received.call(this, sequence, receipt);
  this.heard(sequence);
};
