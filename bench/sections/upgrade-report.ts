import type { Kind, Operation } from '../../test/cluster/history/history.js';
import { isFailed, type UpgradeReport } from '../../test/cluster/upgrade/upgrade-under-traffic.js';
import type { SectionResult } from '../section.js';
import { quantile } from '../statistics.js';

type Measured = Pick<UpgradeReport, 'steps' | 'operations' | 'violations'>;

export function reportUpgrade(base: string, { steps, operations, violations }: Measured): SectionResult {
  const rows = steps.map(({ name, startedAt }, at) => {
    const until = steps[at + 1]?.startedAt ?? Number.POSITIVE_INFINITY;
    const own = operations.filter(
      (it) => it.startedAt >= startedAt && it.startedAt < until && !it.isFinalCheck,
    );
    return [name, own.length.toLocaleString('en'), String(own.filter(isFailed).length), ...latencies(own)];
  });
  return {
    title: 'Rolling upgrade',
    notes: [
      `Two instances of an earlier version (commit ${base}) on one Postgres and one Redis. The migrations of this version are applied, then each instance is replaced: the new one is ready before the old one is stopped, which goes on serving for 2 s. Ten clients log in, refresh, check and revoke 80 sessions of 12 users meanwhile, and the history of all their requests is checked for broken promises. All processes share all cores, so the start of a new instance slows the others down. A row covers a step and the traffic until the next one.`,
    ],
    tables: [
      {
        columns: [
          'step',
          'requests',
          'failed',
          'check p50 ms',
          'check p99 ms',
          'refresh p50 ms',
          'refresh p99 ms',
        ],
        rows,
      },
    ],
    targets: [
      {
        claim: 'requests that fail during a rolling upgrade',
        measured: operations.filter(isFailed).length,
        bound: 'at most',
        target: 0,
      },
      {
        claim: 'promises broken during a rolling upgrade',
        measured: violations.length,
        bound: 'at most',
        target: 0,
      },
    ],
  };
}

function latencies(operations: readonly Operation[]): string[] {
  return (['check', 'refresh'] satisfies Kind[]).flatMap((kind) => {
    const ms = operations.filter((it) => it.kind === kind).map((it) => it.endedAt - it.startedAt);
    return [0.5, 0.99].map((q) => (ms.length === 0 ? '' : quantile(ms, q).toFixed(1)));
  });
}
