import { reportGuards } from './guards-report.js';

const LATENCIES = [
  { guards: 0, requestMs: [4, 5, 6], granting: 0 },
  { guards: 100, requestMs: [8, 9, 30], granting: 1 },
];
const RATES = [
  { guards: 0, revokes: 3_000, perSecond: 900, messagesPerRevoke: Number.NaN },
  { guards: 100, revokes: 3_000, perSecond: 800, messagesPerRevoke: 0.25 },
];
const MEMORY = { ends: 100_000, bareMiB: 70, emptyMiB: 80, fullMiB: 110 };

describe('report on guards', () => {
  const report = reportGuards({ latencies: LATENCIES, rates: RATES }, MEMORY);

  it('sets targets for 100 guards, for grants after the 204, and for memory', () => {
    expect(report.targets?.map(({ measured }) => measured)).toEqual([expect.closeTo(29.58), 1, 40]);
  });

  it('does not hide that guards would have granted a request', () => {
    expect(report.notes[0]).toContain('1 would');
  });

  it('leaves the number of messages open where there are no guards', () => {
    expect(report.tables[1]?.rows).toEqual([
      ['0', '3,000', '900', ''],
      ['100', '3,000', '800', '0.25'],
    ]);
  });

  it('does not pass the target when 100 guards were not measured', () => {
    const quick = reportGuards({ latencies: LATENCIES.slice(0, 1), rates: RATES }, MEMORY);
    expect(quick.targets?.[0]?.measured).toBeNaN();
  });
});
