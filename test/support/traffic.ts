import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from './answer.js';

export interface Observed {
  /** How often each status occurred; 0 stands for a broken connection. */
  readonly statuses: Readonly<Record<number, number>>;
  readonly slowestMs: number;
}

/** Sends one request after another until stopped, to observe every failure and delay a client would notice. */
export class Traffic {
  private readonly counts: Record<number, number> = {};
  private slowestMs = 0;
  private isStopped = false;
  private readonly running: Promise<void>;

  constructor(
    private readonly request: () => Promise<Answer<unknown>>,
    private readonly pauseMs = 5,
  ) {
    this.running = this.run();
  }

  async stop(): Promise<Observed> {
    this.isStopped = true;
    await this.running;
    return { statuses: this.counts, slowestMs: Math.round(this.slowestMs) };
  }

  private async run(): Promise<void> {
    while (!this.isStopped) {
      const sentAt = performance.now();
      const status = await this.request().then(
        (answer) => answer.status,
        () => 0,
      );
      this.slowestMs = Math.max(this.slowestMs, performance.now() - sentAt);
      this.counts[status] = (this.counts[status] ?? 0) + 1;
      // Unreferenced, because a failing test may leave it running.
      await sleep(this.pauseMs, undefined, { ref: false });
    }
  }
}
