import { setTimeout as sleep } from 'node:timers/promises';
import type { Faults } from './deployment.js';
import { GUARD_FAULTS } from './guard-faults.js';
import type { Fault } from './history.js';
import { INSTANCE_FAULTS } from './instance-faults.js';
import type { FaultPlan, PlannedFault, Scene } from './planned-fault.js';
import type { Random } from './random.js';
import { REDIS_FAULTS } from './redis-faults.js';

/** Long enough for a lease to expire (3 s) and for a silent subscription to be abandoned (6 s). */
const FAULT_MS = [800, 8_000] as const;
const CALM_MS = [1_000, 5_000] as const;
/** Every fifth round ends with a calm period that is long enough to measure normal operation. */
const LONG_CALM_EVERY = 5;
const LONG_CALM_MS = 18_000;

/** Of the default servers: one Redis and one Postgres. */
const DEFAULT_FAULTS: Faults = { redis: REDIS_FAULTS, instances: INSTANCE_FAULTS, guarded: GUARD_FAULTS };

export interface Timed {
  readonly planned: PlannedFault;
  readonly delayMs: number;
  readonly forMs: number;
}

/**
 * Injects and heals faults chosen by a seed: one of Redis, one of an instance or Postgres, one of a guarded server, or
 * several at once.
 */
export class Nemesis {
  readonly faults: Fault[] = [];
  private readonly decks = new Map<readonly FaultPlan[], FaultPlan[]>();
  private readonly stopping = new AbortController();
  private readonly kinds: Faults;

  /** @param kinds in place of the default ones */
  constructor(
    private readonly scene: Scene,
    private readonly random: Random,
    kinds: Partial<Faults> = {},
  ) {
    this.kinds = { ...DEFAULT_FAULTS, ...kinds };
  }

  /** Runs until `stop`; every fault is healed when it returns. */
  async run(): Promise<void> {
    for (let round = 1; !this.stopping.signal.aborted; round++) {
      const together = this.plan();
      await Promise.all(together.map((timed) => this.play(timed)));
      const calmMs = this.random.between(...CALM_MS);
      await this.wait(round % LONG_CALM_EVERY === 0 ? LONG_CALM_MS : calmMs);
    }
  }

  stop(): void {
    this.stopping.abort();
  }

  /** Decides a round: which faults, when, and for how long. */
  plan(): Timed[] {
    const dice = this.random.next();
    const plans = [
      ...(dice < 0.75 ? [this.draw(this.kinds.redis)] : []),
      ...(dice > 0.4 ? [this.draw(this.kinds.instances)] : []),
      ...(this.scene.cluster.guarded.length > 0 && this.random.next() < 0.6
        ? [this.draw(this.kinds.guarded)]
        : []),
    ];
    return plans.map((plan) => ({
      planned: plan(this.scene, this.random),
      delayMs: this.random.between(0, 2_000),
      forMs: this.random.between(...FAULT_MS),
    }));
  }

  /** Draws without replacement: every kind comes once before any comes twice. */
  private draw(kinds: readonly FaultPlan[]): FaultPlan {
    const deck = this.decks.get(kinds) ?? [];
    if (deck.length === 0) deck.push(...kinds);
    this.decks.set(kinds, deck);
    const [drawn] = deck.splice(this.random.below(deck.length), 1);
    if (!drawn) throw new Error('there are no faults');
    return drawn;
  }

  private async play({ planned, delayMs, forMs }: Timed): Promise<void> {
    const { name, withoutPostgres = [], guarded = [] } = planned;
    await this.wait(delayMs);
    if (this.stopping.signal.aborted) return;
    const startedAt = performance.now();
    const fault = { name, withoutPostgres, guarded, startedAt, endedAt: Number.POSITIVE_INFINITY };
    this.faults.push(fault);
    await planned.inject();
    await this.wait(forMs);
    await planned.heal();
    fault.endedAt = performance.now();
  }

  private async wait(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.stopping.signal }).catch(() => {
      // Stopped: the caller heals its fault now.
    });
  }
}
