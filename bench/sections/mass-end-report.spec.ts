import { type MassEndRound, reportMassEnd } from './mass-end-report.js';

const QUICK: MassEndRound = {
  ends: 100_000,
  holdMs: 0,
  refusedMs: [900, 1_000, 1_100],
  checks: 5_000,
  notGranted: 0,
  p99Ms: 12,
  beforeMiB: 200,
  peakMiB: 240,
};

describe('report on many ends at once', () => {
  it('shows when the first and the last session of each statement were refused', () => {
    const { tables } = reportMassEnd([QUICK]);
    expect(tables[0]?.rows[0]?.slice(0, 3)).toEqual(['0.0 s', '0.9 s', '1.1 s']);
  });

  it('takes the worst statement for its targets', () => {
    const late = { ...QUICK, holdMs: 15_000, refusedMs: [2_000, 12_000], notGranted: 3 };
    const { targets } = reportMassEnd([QUICK, late]);
    expect(targets?.map(({ measured }) => measured)).toEqual([12, 3]);
  });
});
