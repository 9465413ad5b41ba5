import { setTimeout as sleep } from 'node:timers/promises';
import type { Bus, PushReceipt } from './bus.js';
import { chunksOf } from './chunks.js';
import type { Clock } from './clock.js';
import type { Membership } from './membership.js';
import { NO_OBSERVER, type Observer } from './observer.js';
import type { Confirmation, Revocations } from './session-store.js';

/** Sessions in one message: a few hundred take one round trip. */
const SESSIONS_PER_PUSH = 500;

interface Waiting {
  readonly missing: Set<string>;
  readonly complete: () => void;
}

/**
 * Sends revocations to every instance, and returns when none of them can grant these sessions any longer: each has
 * acknowledged, or its lease has run out since.
 */
export class Push {
  private readonly waiting = new Map<string, Waiting>();
  /** Acknowledgements that arrived before the answer to their own push. */
  private readonly early = new Map<string, Set<string>>();
  private count = 0;

  constructor(
    private readonly bus: Bus,
    private readonly membership: Membership,
    private readonly clock: Clock,
    private readonly leaseMs: number,
    private readonly observer: Observer = NO_OBSERVER,
  ) {}

  /** @throws when the bus cannot be reached: then it is not known which instances have heard */
  async send(revocations: Revocations): Promise<Confirmation> {
    const confirmations = await Promise.all(
      chunksOf(revocations, SESSIONS_PER_PUSH).map((chunk) => this.sendOne(chunk)),
    );
    // The weaker kind of confirmation counts for all.
    const weakest = confirmations.find(({ how }) => how === 'lease_passed') ?? confirmations[0];
    return weakest ?? { by: this.bus.instanceId, how: 'acknowledged', acknowledgedBy: [] };
  }

  acknowledged(from: string, pushId: string): void {
    const waiting = this.waiting.get(pushId);
    if (!waiting) {
      // Faster than the answer to the push, which says which instances to wait for.
      this.early.get(pushId)?.add(from);
      return;
    }
    if (waiting.missing.delete(from)) this.observer.awaiting(-1);
    if (waiting.missing.size === 0) waiting.complete();
  }

  private async sendOne(revocations: Revocations): Promise<Confirmation> {
    this.count += 1;
    const pushId = String(this.count);
    const early = new Set<string>();
    this.early.set(pushId, early);
    try {
      const sentAt = this.clock.monotonic();
      const receipt = await this.bus.push(pushId, revocations);
      const missing = new Set(receipt.registered.keys());
      missing.delete(this.bus.instanceId);
      for (const instanceId of early) missing.delete(instanceId);

      if (!this.membership.isTableReliable(receipt, sentAt)) {
        await sleep(this.leaseMs);
        return { by: this.bus.instanceId, how: 'lease_passed', acknowledgedBy: [...early] };
      }
      const asked = new Set(missing);
      if (missing.size > 0) {
        this.observer.awaiting(missing.size);
        await this.everyAcknowledgement(pushId, missing);
        this.observer.awaiting(-missing.size);
        this.removeSilent(missing, receipt);
      }
      return {
        by: this.bus.instanceId,
        how: missing.size === 0 ? 'acknowledged' : 'lease_passed',
        acknowledgedBy: [...early, ...[...asked].filter((instanceId) => !missing.has(instanceId))],
      };
    } finally {
      this.early.delete(pushId);
      this.waiting.delete(pushId);
    }
  }

  /** Waits for all of them, but no longer than a lease from before the push can last. */
  private async everyAcknowledgement(pushId: string, missing: Set<string>): Promise<void> {
    const deadline = new AbortController();
    const complete = new Promise<void>((resolve) => this.waiting.set(pushId, { missing, complete: resolve }));
    await Promise.race([complete, sleep(this.leaseMs, undefined, { signal: deadline.signal })]);
    deadline.abort();
  }

  /** An instance that has not answered for a lease is gone, or will register again: the next push need not wait for it. */
  private removeSilent(missing: ReadonlySet<string>, receipt: PushReceipt): void {
    for (const instanceId of missing) {
      this.bus.forget(instanceId, receipt.registered.get(instanceId) ?? 0).catch(() => {
        // It stays registered, and the next push waits for it once more.
      });
    }
  }
}
