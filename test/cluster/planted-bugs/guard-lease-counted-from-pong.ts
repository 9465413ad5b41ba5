import { systemClock } from '@latchkey/revocation/clock';
import { Lease } from '@latchkey/revocation/lease';
import { replaceMethod } from './replace-method.js';

/** Breaks rule 2 for guards: the lease is counted from the arrival of the pong. */
const extend = replaceMethod(Lease, 'extend', function (this: Lease, _sentAt: unknown, forMs: number): void {
  extend.call(this, { monotonic: systemClock.monotonic(), wall: systemClock.wall() }, forMs);
});
