/** How far the clock of the server is ahead of this machine's, which may be set to anything. */
let serverAheadMs = 0;

export function noteServerTime(date: string | null): void {
  const serverTime = Date.parse(date ?? '');
  if (!Number.isNaN(serverTime)) serverAheadMs = serverTime - Date.now();
}

/** Epoch milliseconds by the server's clock, give or take a second. */
export function serverNow(): number {
  return Date.now() + serverAheadMs;
}
