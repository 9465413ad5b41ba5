/** The current row behind a genuine refresh token that could not be rotated. Instants are epoch milliseconds. */
export interface RefreshState {
  /** `null` while the session is active. */
  readonly endedReason: string | null;
  readonly isUserActive: boolean;
  readonly generation: number;
  readonly rotatedAt: number | null;
}

export type RefreshVerdict =
  | { readonly kind: 'repeat' }
  | { readonly kind: 'reuse' }
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * Decides what a genuine refresh token means that is not the current one.
 *
 * The predecessor of the current token, within the grace period, comes from a tab or a retry that lost a race: it gets the
 * current token again. Any other used token is reuse. RFC 9700 §4.14.2: thief and owner cannot be told apart.
 *
 * @param now on the clock that set `rotatedAt`
 */
export function refreshVerdict(
  presented: number,
  state: RefreshState,
  graceMs: number,
  now: number,
): RefreshVerdict {
  if (state.endedReason !== null) return { kind: 'refused', reason: state.endedReason };
  if (!state.isUserActive) return { kind: 'refused', reason: 'user_disabled' };
  if (presented >= state.generation) return { kind: 'refused', reason: 'expired' };
  const isPredecessor = presented === state.generation - 1;
  const isInGrace = state.rotatedAt !== null && now - state.rotatedAt < graceMs;
  return isPredecessor && isInGrace ? { kind: 'repeat' } : { kind: 'reuse' };
}
