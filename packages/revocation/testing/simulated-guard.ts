import { GuardLink, type GuardLinkOptions } from '../src/guard-connection/guard-link.js';
import type { GuardParent } from '../src/guard-connection/guard-parent.js';
import type { Ends, GuardSubject } from '../src/guard-connection/messages.js';
import { MemoryWire } from './memory-wire.js';

/** A guard in memory, with the streams that were open when it heard of ends. */
export class SimulatedGuard {
  readonly wire: MemoryWire;
  readonly link: GuardLink;
  readonly ends: Ends[] = [];
  trustLost = 0;

  constructor(parents: (GuardParent | null)[], options: Partial<GuardLinkOptions> = {}) {
    this.wire = new MemoryWire(...parents);
    this.link = new GuardLink({
      transport: this.wire,
      onEnds: (ends) => this.ends.push(ends),
      onTrustLost: () => {
        this.trustLost += 1;
      },
      ...options,
    });
  }

  async start(): Promise<this> {
    this.link.start();
    await this.link.ready();
    return this;
  }

  /** Whether a request that starts now is granted, by asking if necessary. */
  async isGranted(sessionId: string): Promise<boolean> {
    const verdict = this.link.judge(guardSubject(sessionId));
    if (verdict.state !== 'ask') return verdict.state === 'active';
    return (await this.link.ask(guardSubject(sessionId))).state === 'active';
  }

  /** Whether it is granted without asking. */
  grants(sessionId: string): boolean {
    return this.link.judge(guardSubject(sessionId)).state === 'active';
  }
}

export function guardSubject(sessionId: string, change: Partial<GuardSubject> = {}): GuardSubject {
  return { userId: 'user', sessionId, sessionEpoch: 0, rolesVersion: 0, generation: 0, ...change };
}
