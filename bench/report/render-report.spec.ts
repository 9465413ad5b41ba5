import type { StoredResult } from '../results.js';
import type { SectionResult } from '../section.js';
import { drawCharts } from './draw-charts.js';
import { renderReport } from './render-report.js';
import { isReached } from './render-targets.js';

const RESULT: SectionResult = {
  title: 'Cost of a request',
  notes: ['How it was measured.'],
  tables: [{ caption: '16 connections', columns: ['', 'per second'], rows: [['ours | all', '1,000']] }],
  targets: [
    {
      claim: 'relative to the open route',
      measured: 0.7996,
      bound: 'at least',
      target: 0.8,
      ifMissed: 'The check takes time.',
    },
    { claim: 'p99', measured: 1.2, bound: 'at most', target: 1.5, unit: 'x', ifMissed: 'No.' },
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

describe('benchmark report', () => {
  const text = renderReport([stored('throughput'), stored('growth')]);

  it('contains every section with its tables, its time, commit and command', () => {
    expect(text).toContain('## Cost of a request');
    expect(text).toContain(
      '**16 connections**\n\n|  | per second |\n| --- | ---: |\n| ours \\| all | 1,000 |',
    );
    expect(text).toContain('| growth | 2026-01-02 03:04 | 0123456789 | `npm run bench -- --only growth` |');
  });

  it('describes a machine once even if several sections ran on it', () => {
    expect(text.match(/A CPU/g)).toHaveLength(1);
  });

  it('does not round a missed target to a reached one', () => {
    expect(text).toContain('| relative to the open route | at least 0.8 | 0.7996 | **missed** |');
    expect(text).toContain('| p99 | at most 1.5 x | 1.2 x | reached |');
  });

  it('gives the reason for a missed target only', () => {
    expect(text).toContain(
      '- **relative to the open route**: 0.7996, target at least 0.8. The check takes time.',
    );
    expect(text).not.toContain('No.');
  });

  it.each([
    ['at least', 0.8, true],
    ['at least', 0.79, false],
    ['at most', 0.8, true],
    ['at most', 0.81, false],
    ['at least', Number.NaN, false],
  ] as const)('evaluates "%s 0.8" for %d as %s', (bound, measured, reached) => {
    expect(isReached({ claim: '', measured, bound, target: 0.8 })).toBe(reached);
  });
});

describe('benchmark chart', () => {
  it('draws bars in proportion to their values and escapes text', () => {
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
