/** How far the server's clock is ahead of the local one, which may be wrong. */
let serverAheadMs = 0;

export function noteServerTime(date: string | null): void {
  const serverTime = Date.parse(date ?? '');
  if (!Number.isNaN(serverTime)) serverAheadMs = serverTime - Date.now();
}

/** Epoch milliseconds by the server's clock, accurate to about a second. */
export function serverNow(): number {
  return Date.now() + serverAheadMs;
}
