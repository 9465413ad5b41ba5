import { type RefreshState, refreshVerdict } from './refresh-verdict.js';

const NOW = 1_700_000_000_000;
const GRACE_MS = 10_000;
const current: RefreshState = {
  endedReason: null,
  isUserActive: true,
  generation: 5,
  rotatedAt: NOW - 1_000,
};

describe('refreshVerdict', () => {
  it('repeats the current token for its predecessor within the grace period', () => {
    expect(refreshVerdict(4, current, GRACE_MS, NOW)).toEqual({ kind: 'repeat' });
    const atItsEnd = { ...current, rotatedAt: NOW - GRACE_MS + 1 };
    expect(refreshVerdict(4, atItsEnd, GRACE_MS, NOW)).toEqual({ kind: 'repeat' });
  });

  it('treats the predecessor as reuse from the end of the grace period on', () => {
    expect(refreshVerdict(4, { ...current, rotatedAt: NOW - GRACE_MS }, GRACE_MS, NOW)).toEqual({
      kind: 'reuse',
    });
  });

  it('treats the predecessor as reuse at once when the grace period is 0', () => {
    expect(refreshVerdict(4, { ...current, rotatedAt: NOW }, 0, NOW)).toEqual({ kind: 'reuse' });
  });

  it('treats any older token as reuse, even within the grace period', () => {
    expect(refreshVerdict(3, current, GRACE_MS, NOW)).toEqual({ kind: 'reuse' });
    expect(refreshVerdict(0, current, GRACE_MS, NOW)).toEqual({ kind: 'reuse' });
  });

  it('refuses a current token that could not be rotated, because its session has expired', () => {
    expect(refreshVerdict(5, current, GRACE_MS, NOW)).toEqual({ kind: 'refused', reason: 'expired' });
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
