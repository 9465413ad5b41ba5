/** @returns what `make` made, `count` times, `size` of them at once */
export async function inBatches(count, size, make) {
  const made = [];
  while (made.length < count) {
    const batch = Array.from({ length: Math.min(size, count - made.length) }, () => make());
    made.push(...(await Promise.all(batch)));
  }
  return made;
}
