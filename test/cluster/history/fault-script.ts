import type { Fault } from './history.js';
import type { PlannedFault } from './planned-fault.js';

/** Injects and heals given faults, one after the other. */
export class FaultScript {
  readonly faults: Fault[] = [];
  private isStopped = false;

  constructor(private readonly planned: readonly PlannedFault[]) {}

  async run(): Promise<void> {
    for (const { name, withoutPostgres = [], guarded = [], inject, heal } of this.planned) {
      if (this.isStopped) return;
      const startedAt = performance.now();
      const fault = { name, withoutPostgres, guarded, startedAt, endedAt: Number.POSITIVE_INFINITY };
      this.faults.push(fault);
      await inject();
      await heal();
      fault.endedAt = performance.now();
    }
  }

  stop(): void {
    this.isStopped = true;
  }
}
