import type { Target } from '../section.js';
import { renderTable } from './render-table.js';

/** A table of all targets, and the reasons why some were missed. */
export function renderTargets(targets: readonly Target[]): string[] {
  const missed = targets.filter((it) => !isReached(it) && it.ifMissed !== undefined);
  return [
    renderTable({
      columns: ['measured quantity', 'target', 'measured', ''],
      rows: targets.map((it) => [
        it.claim,
        boundOf(it),
        withUnit(it.measured, it.unit),
        isReached(it) ? 'reached' : '**missed**',
      ]),
    }),
    ...(missed.length > 0 ? ['### Why targets were missed', missed.map(renderMiss).join('\n')] : []),
  ];
}

export function isReached({ measured, bound, target }: Target): boolean {
  return bound === 'at least' ? measured >= target : measured <= target;
}

function renderMiss(target: Target): string {
  const { claim, measured, unit, ifMissed } = target;
  return `- **${claim}**: ${withUnit(measured, unit)}, target ${boundOf(target)}. ${ifMissed}`;
}

function boundOf({ bound, target, unit }: Target): string {
  return `${bound} ${withUnit(target, unit)}`;
}

/** With enough digits to distinguish a narrow miss from a hit: a measured 0.7996 must not appear as 0.8. */
function withUnit(value: number, unit = ''): string {
  if (Number.isNaN(value)) return 'not measured';
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : value >= 2 ? 2 : 4;
  return `${Number(value.toFixed(digits))}${unit && ` ${unit}`}`;
}
