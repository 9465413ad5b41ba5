import type { StoredResult } from '../results.js';
import type { SectionResult } from '../section.js';
import { drawCharts } from './draw-charts.js';
import { renderReport } from './render-report.js';
import { isReached } from './render-targets.js';

const RESULT: SectionResult = {
  title: 'What it costs',
  notes: ['How it was measured.'],
  tables: [{ caption: 'few', columns: ['', 'per second'], rows: [['ours | all', '1,000']] }],
  targets: [
    { claim: 'over the open route', measured: 0.7996, bound: 'at least', target: 0.8 },
    { claim: 'p99', measured: 1.2, bound: 'at most', target: 1.5, unit: 'x' },
  ],
};

function stored(section: string, result = RESULT): StoredResult {
  return {
    section,
    measuredAt: '2026-01-02T03:04:05.000Z',
    commit: '0123456789',
    quick: false,
    command: `npm run bench -- --only ${section}`,
    machine: {
      cpu: 'A CPU',
      cores: 2,
      memoryGiB: 24,
      system: 'Linux 6.1',
      pinned: true,
      load: 'wrk',
      versions: { Node: '20.20.2' },
    },
    result,
  };
}

describe('the report of the bench', () => {
  const text = renderReport([stored('throughput'), stored('growth')]);

  it('has every section, its tables, and where each was measured', () => {
    expect(text).toContain('## What it costs');
    expect(text).toContain('**few**\n\n|  | per second |\n| --- | ---: |\n| ours \\| all | 1,000 |');
    expect(text).toContain('| growth | 2026-01-02 03:04 | 0123456789 | `npm run bench -- --only growth` |');
  });

  it('describes a machine once, however many sections ran on it', () => {
    expect(text.match(/A CPU/g)).toHaveLength(1);
  });

  it('tells from the figures whether a target was reached, without rounding a miss away', () => {
    expect(text).toContain('| over the open route | at least 0.8 | 0.7996 | **not reached** |');
    expect(text).toContain('| p99 | at most 1.5 x | 1.2 x | reached |');
  });

  it.each([
    ['at least', 0.8, true],
    ['at least', 0.79, false],
    ['at most', 0.8, true],
    ['at most', 0.81, false],
    ['at least', Number.NaN, false],
  ] as const)('holds "%s 0.8" of %d to be %s', (bound, measured, reached) => {
    expect(isReached({ claim: '', measured, bound, target: 0.8 })).toBe(reached);
  });
});

describe('the chart of the bench', () => {
  it('draws bars in proportion, and writes text that is no markup', () => {
    const svg = drawCharts([
      {
        title: 'a < b',
        bars: [
          { label: 'all', value: 100, ours: true },
          { label: 'half', value: 50 },
        ],
      },
    ]);
    const widths = [...svg.matchAll(/<rect class="\w+"[^>]* width="([\d.]+)"/g)].map(([, width]) =>
      Number(width),
    );
    expect(widths[0]).toBeCloseTo(2 * (widths[1] ?? 0));
    expect(svg).toContain('a &lt; b');
  });
});
