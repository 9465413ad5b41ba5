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
  it('repeats the current token for its predecessor within the grace', () => {
    expect(refreshVerdict(4, current, GRACE_MS, NOW)).toEqual({ kind: 'repeat' });
    const atItsEnd = { ...current, rotatedAt: NOW - GRACE_MS + 1 };
    expect(refreshVerdict(4, atItsEnd, GRACE_MS, NOW)).toEqual({ kind: 'repeat' });
  });

  it('takes the predecessor for reuse from the very end of the grace', () => {
    expect(refreshVerdict(4, { ...current, rotatedAt: NOW - GRACE_MS }, GRACE_MS, NOW)).toEqual({
      kind: 'reuse',
    });
  });

  it('takes the predecessor for reuse at once where the grace is off', () => {
    expect(refreshVerdict(4, { ...current, rotatedAt: NOW }, 0, NOW)).toEqual({ kind: 'reuse' });
  });

  it('takes anything older for reuse, even inside the grace', () => {
    expect(refreshVerdict(3, current, GRACE_MS, NOW)).toEqual({ kind: 'reuse' });
    expect(refreshVerdict(0, current, GRACE_MS, NOW)).toEqual({ kind: 'reuse' });
  });

  it('refuses a current token that could not be rotated, because its session has expired', () => {
    expect(refreshVerdict(5, current, GRACE_MS, NOW)).toEqual({ kind: 'refused', reason: 'expired' });
  });

  it('refuses without another word of reuse when the session has ended already', () => {
    const ended: RefreshState = { ...current, endedReason: 'logout' };
    expect(refreshVerdict(3, ended, GRACE_MS, NOW)).toEqual({ kind: 'refused', reason: 'logout' });
  });

  it('refuses a disabled user', () => {
    const disabled: RefreshState = { ...current, isUserActive: false };
    expect(refreshVerdict(4, disabled, GRACE_MS, NOW)).toEqual({ kind: 'refused', reason: 'user_disabled' });
  });
});
