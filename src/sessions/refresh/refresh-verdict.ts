/** The current row behind a genuine refresh token that could not be rotated. Instants are epoch milliseconds. */
export interface RefreshState {
  /** `null` while the session is active. */
  readonly endedReason: string | null;
  readonly isUserActive: boolean;
  /** Whether the session is past its idle or absolute lifetime. */
  readonly isExpired: boolean;
  readonly generation: number;
  readonly rotatedAt: number | null;
  /** The highest generation whose access token or refresh token has been used; `null` if that was not recorded. */
  readonly usedGeneration: number | null;
}

export type RefreshVerdict =
  | {
      readonly kind: 'repeat';
      /** Whether the tokens that are returned again have been used already. */
      readonly isUsed: boolean;
    }
  | { readonly kind: 'reuse' }
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * Decides what a genuine refresh token means that is not the current one.
 *
 * The predecessor of the current token gets the current token again in two cases. Within the grace period it comes from a
 * tab or a retry that lost a race. As long as the successor has not been used, it comes from a client that lost the
 * answer, however late. Any other used token is reuse. RFC 9700 §4.14.2: thief and owner cannot be distinguished.
 *
 * @param now on the clock that set `rotatedAt`
 */
export function refreshVerdict(
  presented: number,
  state: RefreshState,
  graceMs: number,
  now: number,
): RefreshVerdict {
  const { generation, rotatedAt, usedGeneration } = state;
  if (state.endedReason !== null) return { kind: 'refused', reason: state.endedReason };
  if (!state.isUserActive) return { kind: 'refused', reason: 'user_disabled' };
  if (state.isExpired || presented >= generation) return { kind: 'refused', reason: 'expired' };
  if (presented !== generation - 1) return { kind: 'reuse' };
  const isUsed = usedGeneration === null || usedGeneration >= generation;
  const isInGrace = rotatedAt !== null && now - rotatedAt < graceMs;
  return isInGrace || !isUsed ? { kind: 'repeat', isUsed } : { kind: 'reuse' };
}
