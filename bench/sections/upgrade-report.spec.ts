import type { Operation } from '../../test/cluster/history/history.js';
import { reportUpgrade } from './upgrade-report.js';

const check = (startedAt: number, ms: number, status = 200): Operation => ({
  kind: 'check',
  instance: 0,
  startedAt,
  endedAt: startedAt + ms,
  answer: { status, hasRetryAfter: false },
  user: 'ada@example.org',
  session: 's',
  isFinalCheck: false,
});

describe('report on a rolling upgrade', () => {
  const steps = [
    { name: 'before', startedAt: 0 },
    { name: 'migrations', startedAt: 100 },
  ];

  it('counts each request in the step in which it began', () => {
    const operations = [check(10, 2), check(90, 40), check(100, 6, 503)];
    const { tables } = reportUpgrade('abc', { steps, operations, violations: [] });
    expect(tables[0]?.rows.map((row) => row.slice(0, 4))).toEqual([
      ['before', '2', '0', '21.0'],
      ['migrations', '1', '1', '6.0'],
    ]);
  });

  it('counts failed requests and broken promises for its targets', () => {
    const operations = [check(10, 2, 503), check(20, 2, 401), { ...check(30, 2), answer: null }];
    const { targets } = reportUpgrade('abc', { steps, operations, violations: ['P1'] });
    expect(targets?.map(({ measured }) => measured)).toEqual([2, 1]);
  });
});
