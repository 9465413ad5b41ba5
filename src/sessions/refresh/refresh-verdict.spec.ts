import { type RefreshState, refreshVerdict } from './refresh-verdict.js';

const NOW = 1_700_000_000_000;
const GRACE_MS = 10_000;
const current: RefreshState = {
  endedReason: null,
  isUserActive: true,
  isExpired: false,
  generation: 5,
  rotatedAt: NOW - 1_000,
  usedGeneration: 5,
};
const late = { ...current, rotatedAt: NOW - GRACE_MS };

describe('refreshVerdict', () => {
  it('repeats the current token for its predecessor within the grace period, used or not', () => {
    const atItsEnd = { ...current, rotatedAt: NOW - GRACE_MS + 1 };
    expect(refreshVerdict(4, atItsEnd, GRACE_MS, NOW)).toEqual({ kind: 'repeat', isUsed: true });
    const unused = { ...current, usedGeneration: 4 };
    expect(refreshVerdict(4, unused, GRACE_MS, NOW)).toEqual({ kind: 'repeat', isUsed: false });
  });

  it('treats the predecessor as reuse after the grace period if the successor has been used', () => {
    for (const usedGeneration of [5, 6]) {
      expect(refreshVerdict(4, { ...late, usedGeneration }, GRACE_MS, NOW)).toEqual({ kind: 'reuse' });
    }
  });

  it('repeats the current token for its predecessor at any time while the successor has not been used', () => {
    for (const usedGeneration of [0, 3, 4]) {
      for (const rotatedAt of [null, 0, NOW - GRACE_MS]) {
        const state = { ...current, usedGeneration, rotatedAt };
        expect(refreshVerdict(4, state, GRACE_MS, NOW)).toEqual({ kind: 'repeat', isUsed: false });
      }
    }
  });

  it('assumes that the successor has been used if that was not recorded', () => {
    expect(refreshVerdict(4, { ...late, usedGeneration: null }, GRACE_MS, NOW)).toEqual({ kind: 'reuse' });
    expect(refreshVerdict(4, { ...current, usedGeneration: null }, GRACE_MS, NOW)).toEqual({
      kind: 'repeat',
      isUsed: true,
    });
  });

  it('depends on use alone when the grace period is 0', () => {
    const now = { ...current, rotatedAt: NOW };
    expect(refreshVerdict(4, now, 0, NOW)).toEqual({ kind: 'reuse' });
    expect(refreshVerdict(4, { ...now, usedGeneration: 4 }, 0, NOW)).toEqual({
      kind: 'repeat',
      isUsed: false,
    });
  });

  it('treats any older token as reuse, even within the grace period and unused', () => {
    for (const usedGeneration of [0, 4, 5, null]) {
      expect(refreshVerdict(3, { ...current, usedGeneration }, GRACE_MS, NOW)).toEqual({ kind: 'reuse' });
      expect(refreshVerdict(0, { ...current, usedGeneration }, GRACE_MS, NOW)).toEqual({ kind: 'reuse' });
    }
  });

  it('refuses a current token that could not be rotated, because its session has expired', () => {
    expect(refreshVerdict(5, current, GRACE_MS, NOW)).toEqual({ kind: 'refused', reason: 'expired' });
  });

  it('reports neither a repeat nor reuse when the session has expired', () => {
    for (const presented of [3, 4]) {
      const expired = { ...current, isExpired: true };
      expect(refreshVerdict(presented, expired, GRACE_MS, NOW)).toEqual({
        kind: 'refused',
        reason: 'expired',
      });
    }
  });

  it('reports no reuse when the session has already ended', () => {
    const ended: RefreshState = { ...current, endedReason: 'logout' };
    expect(refreshVerdict(3, ended, GRACE_MS, NOW)).toEqual({ kind: 'refused', reason: 'logout' });
  });

  it('refuses a disabled user', () => {
    const disabled: RefreshState = { ...current, isUserActive: false };
    expect(refreshVerdict(4, disabled, GRACE_MS, NOW)).toEqual({ kind: 'refused', reason: 'user_disabled' });
  });
});
