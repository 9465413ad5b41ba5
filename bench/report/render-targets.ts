import type { Target } from '../section.js';
import { renderTable } from './render-table.js';

export function isReached({ measured, bound, target }: Target): boolean {
  return bound === 'at least' ? measured >= target : measured <= target;
}

export function renderTargets(targets: readonly Target[]): string {
  return renderTable({
    columns: ['target', 'bound', 'measured', ''],
    rows: targets.map((it) => [
      it.claim,
      `${it.bound} ${withUnit(it.target, it.unit)}`,
      withUnit(it.measured, it.unit),
      isReached(it) ? 'reached' : '**not reached**',
    ]),
  });
}

/** Enough digits to tell a near miss from a hit: a measured 0.7996 must not read 0.8. */
function withUnit(value: number, unit = ''): string {
  if (Number.isNaN(value)) return 'not measured';
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : value >= 2 ? 2 : 4;
  return `${Number(value.toFixed(digits))}${unit && ` ${unit}`}`;
}
