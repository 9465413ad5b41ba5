import type { Check } from '../contenders/resource-server/caller.js';
import type { SeriesResult } from '../interleaved-rounds.js';
import { ratio, reportGuarded } from './guarded-report.js';
import { CHECKS, FRAMEWORKS, type Framework, seriesName } from './guarded-series.js';

function result(...perSecondOfRounds: number[]): SeriesResult {
  const perSecond = perSecondOfRounds[0] ?? 0;
  return { perSecond, p50Ms: 1, p99Ms: 2, serverBusy: 1, spread: 0, perSecondOfRounds, p99MsOfRounds: [2] };
}

const PER_SECOND: Readonly<Record<Check, number>> = {
  none: 40_000,
  connected: 39_000,
  guard: 38_000,
  passport: 2_000,
  introspection: 4_000,
};

const report = reportGuarded(
  { sessions: 10_000, rounds: 1, starts: 1 },
  new Map(
    (Object.keys(FRAMEWORKS) as Framework[]).flatMap((framework) =>
      (Object.keys(CHECKS) as Check[]).map((check): [string, SeriesResult] => [
        seriesName(framework, check),
        result(PER_SECOND[check]),
      ]),
    ),
  ),
);

describe('report on guarded resource servers', () => {
  it('compares each round with itself, so that a slow round affects both sides', () => {
    expect(ratio(result(100, 50, 80), result(50, 25, 10))).toBe(2);
  });

  it('has targets for each framework, relative to no guard, passport-jwt and introspection', () => {
    const measured = report.targets?.filter(({ claim }) => claim.includes('Express'));
    expect(measured?.map((it) => [it.measured, it.target])).toEqual([
      [0.95, 0.9],
      [19, 10],
      [9.5, 20],
    ]);
  });

  it('says in case of a miss what a server that checks nothing would have reached', () => {
    expect(report.targets?.find(({ target }) => target === 20)?.ifMissed).toContain('reaches 10.0 x');
  });

  it('says how much the check alone costs, without what the server costs', () => {
    // 225 µs and 1.316 µs more than the 25 µs of a server that checks nothing.
    expect(report.targets?.find(({ target }) => target === 20)?.ifMissed).toContain('171 x as much');
  });
});
