import { writeFileSync } from 'node:fs';
import type { StoredResult } from '../results.js';
import { drawCharts } from './draw-charts.js';
import { renderReport } from './render-report.js';

/** Writes `docs/benchmarks.md` and `docs/benchmarks.svg`. */
export function writeReport(results: readonly StoredResult[]): void {
  const charts = results.flatMap(({ result }) => result.charts ?? []);
  writeFileSync(new URL('../../docs/benchmarks.md', import.meta.url), renderReport(results));
  writeFileSync(new URL('../../docs/benchmarks.svg', import.meta.url), drawCharts(charts));
}
