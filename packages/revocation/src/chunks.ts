import type { Revocations } from './session-store.js';

/** Splits revocations into parts with at most `size` sessions and `size` cut-offs each. */
export function chunksOf({ sessions, cutOffs }: Revocations, size: number): Revocations[] {
  const chunks: Revocations[] = [];
  for (let at = 0; at < Math.max(sessions.length, cutOffs.length); at += size) {
    chunks.push({ sessions: sessions.slice(at, at + size), cutOffs: cutOffs.slice(at, at + size) });
  }
  return chunks;
}
