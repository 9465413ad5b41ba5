import type { HeartbeatReceipt } from '@latchkey/revocation/bus';
import { Membership } from '@latchkey/revocation/membership';
import { replaceMethod } from './replace-method.js';

/** Breaks rule 2: a healthy command connection renews the lease of an instance whose subscription receives nothing. */
const received = replaceMethod(
  Membership,
  'received',
  function (this: Membership, sequence: number, receipt: HeartbeatReceipt): void {
    received.call(this, sequence, receipt);
    this.heard(sequence);
  },
);
