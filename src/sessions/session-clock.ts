import { Revocation } from '@latchkey/revocation/revocation';
import { Injectable } from '@nestjs/common';

/**
 * The database's clock, carried on by this process's monotonic one. Whatever outlives a request is dated and judged
 * by it, so that an instance whose own clock is wrong, or is set, decides like the others.
 */
@Injectable()
export class SessionClock {
  constructor(private readonly revocation: Revocation) {}

  /** Epoch milliseconds. */
  now(): number {
    return this.revocation.now();
  }
}
