import type { Bus, PushReceipt } from './bus.js';
import type { Clock } from './clock.js';
import type { Membership } from './membership.js';
import { NO_OBSERVER, type Observer } from './observer.js';
import type { Confirmation, Revocations } from './session-store.js';

/** Ids in one message: one round trip for a few hundred. */
const IDS_PER_PUSH = 500;

interface Waiting {
  readonly missing: Set<string>;
  readonly complete: () => void;
}

/**
 * Tells every instance of ends, and returns when none of them can grant any longer:
 * each has acknowledged, or its lease has run out since.
 */
export class Push {
  private readonly waiting = new Map<string, Waiting>();
  private readonly early = new Map<string, Set<string>>();
  private count = 0;

  constructor(
    private readonly bus: Bus,
    private readonly membership: Membership,
    private readonly clock: Clock,
    private readonly leaseMs: number,
    private readonly observer: Observer = NO_OBSERVER,
  ) {}

  /** @throws when the bus cannot be reached: then nobody knows who has heard */
  async send(ends: Revocations): Promise<Confirmation> {
    const confirmations = await Promise.all(inChunks(ends).map((chunk) => this.sendOne(chunk)));
    const slowest = confirmations.find(({ how }) => how === 'lease_passed') ?? confirmations[0];
    return slowest ?? { by: this.bus.instanceId, how: 'acknowledged', acknowledgedBy: [] };
  }

  acknowledged(from: string, pushId: string): void {
    const waiting = this.waiting.get(pushId);
    if (!waiting) {
      // Faster than the answer to the push itself, which says whom to wait for.
      this.early.get(pushId)?.add(from);
      return;
    }
    if (waiting.missing.delete(from)) this.observer.awaiting(-1);
    if (waiting.missing.size === 0) waiting.complete();
  }

  private async sendOne(ends: Revocations): Promise<Confirmation> {
    this.count += 1;
    const pushId = String(this.count);
    const early = new Set<string>();
    this.early.set(pushId, early);
    try {
      const sentAt = this.clock.monotonic();
      const receipt = await this.bus.push(pushId, ends);
      const missing = new Set(receipt.registered.keys());
      missing.delete(this.bus.instanceId);
      for (const instanceId of early) missing.delete(instanceId);

      if (!this.membership.isTableReliable(receipt, sentAt)) {
        await delay(this.leaseMs);
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

  /** Waits for all, but no longer than a lease granted before the push can last. */
  private async everyAcknowledgement(pushId: string, missing: Set<string>): Promise<void> {
    const deadline = new AbortController();
    const complete = new Promise<void>((resolve) => this.waiting.set(pushId, { missing, complete: resolve }));
    await Promise.race([complete, delay(this.leaseMs, deadline.signal)]);
    deadline.abort();
  }

  /** Who has not answered for a lease is gone, or will register again; the next push need not wait for it. */
  private removeSilent(missing: ReadonlySet<string>, receipt: PushReceipt): void {
    for (const instanceId of missing) {
      this.bus.forget(instanceId, receipt.registered.get(instanceId) ?? 0).catch(() => {
        // It stays registered and costs the next push the same wait.
      });
    }
  }
}

function inChunks({ sessions, cutOffs }: Revocations): Revocations[] {
  const chunks: Revocations[] = [];
  for (let at = 0; at < Math.max(sessions.length, cutOffs.length); at += IDS_PER_PUSH) {
    chunks.push({
      sessions: sessions.slice(at, at + IDS_PER_PUSH),
      cutOffs: cutOffs.slice(at, at + IDS_PER_PUSH),
    });
  }
  return chunks;
}

function delay(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
