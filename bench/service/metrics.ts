/** A quantile of a Prometheus histogram over several instances, interpolated within its bucket, in the metric's unit. */
export function histogramQuantile(texts: readonly string[], name: string, label: string, q: number): number {
  const buckets = new Map<number, number>();
  for (const text of texts) {
    for (const line of text.split('\n')) {
      if (!line.startsWith(`${name}_bucket{`) || !line.includes(label)) continue;
      const bound = /le="([^"]+)"/.exec(line)?.[1] ?? '';
      const le = bound === '+Inf' ? Number.POSITIVE_INFINITY : Number(bound);
      buckets.set(le, (buckets.get(le) ?? 0) + Number(line.split(' ').at(-1)));
    }
  }
  const sorted = [...buckets].sort(([a], [b]) => a - b);
  const rank = q * (sorted.at(-1)?.[1] ?? 0);
  let [below, countBelow] = [0, 0];
  for (const [le, count] of sorted) {
    if (count >= rank) return below + (le - below) * ((rank - countBelow) / Math.max(1, count - countBelow));
    [below, countBelow] = [le, count];
  }
  return Number.NaN;
}

/** The sum of a Prometheus counter over those of its lines that are counted. */
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
