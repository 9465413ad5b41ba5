/** Cumulative counts by upper bound, which is in the metric's unit. */
export type Histogram = ReadonlyMap<number, number>;

/** A Prometheus histogram, summed over several instances. */
export function histogramOf(texts: readonly string[], name: string, label: string): Histogram {
  const buckets = new Map<number, number>();
  for (const text of texts) {
    for (const line of text.split('\n')) {
      if (!line.startsWith(`${name}_bucket{`) || !line.includes(label)) continue;
      const bound = /le="([^"]+)"/.exec(line)?.[1] ?? '';
      const le = bound === '+Inf' ? Number.POSITIVE_INFINITY : Number(bound);
      buckets.set(le, (buckets.get(le) ?? 0) + Number(line.split(' ').at(-1)));
    }
  }
  return buckets;
}

/** A quantile of the observations between two readings, interpolated within its bucket. */
export function histogramQuantile(before: Histogram, after: Histogram, q: number): number {
  const sorted = [...after]
    .map(([le, count]): [number, number] => [le, count - (before.get(le) ?? 0)])
    .sort(([a], [b]) => a - b);
  const rank = q * (sorted.at(-1)?.[1] ?? 0);
  let [below, countBelow] = [0, 0];
  for (const [le, count] of sorted) {
    if (count >= rank) return below + (le - below) * ((rank - countBelow) / Math.max(1, count - countBelow));
    [below, countBelow] = [le, count];
  }
  return Number.NaN;
}

/** The sum of a Prometheus counter over the lines for which `isCounted` is true. */
export function counterSum(
  text: string,
  name: string,
  isCounted: (line: string) => boolean = () => true,
): number {
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) && isCounted(line))
    .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}
