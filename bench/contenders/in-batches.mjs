/** Calls `make` `count` times, `size` calls at a time. @returns the results */
export async function inBatches(count, size, make) {
  const results = [];
  while (results.length < count) {
    const batch = Array.from({ length: Math.min(size, count - results.length) }, () => make());
    results.push(...(await Promise.all(batch)));
  }
  return results;
}
