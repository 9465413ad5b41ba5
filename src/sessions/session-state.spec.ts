import { sessionExpiry, sessionState } from './session-state.js';

const limits = { idleTtlMs: 1_000, absoluteTtlMs: 10_000 };

describe('sessionState', () => {
  it.each([
    { createdAt: 0, lastSeenAt: 0, now: 999, state: 'live' },
    { createdAt: 0, lastSeenAt: 0, now: 1_000, state: 'idle_expired' },
    { createdAt: 0, lastSeenAt: 9_500, now: 9_999, state: 'live' },
    { createdAt: 0, lastSeenAt: 9_999, now: 10_000, state: 'absolute_expired' },
    { createdAt: 0, lastSeenAt: 0, now: 20_000, state: 'absolute_expired' },
    { createdAt: 5_000, lastSeenAt: 6_000, now: 5_500, state: 'live' },
  ])('is $state at $now for a session of $createdAt, seen at $lastSeenAt', ({ now, state, ...times }) => {
    expect(sessionState(times, limits, now)).toBe(state);
  });
});

describe('sessionExpiry', () => {
  it.each([
    { createdAt: 0, lastSeenAt: 500, expiresAt: 1_500, absoluteExpiresAt: 10_000 },
    { createdAt: 0, lastSeenAt: 9_500, expiresAt: 10_000, absoluteExpiresAt: 10_000 },
    { createdAt: 5_000, lastSeenAt: 4_900, expiresAt: 5_900, absoluteExpiresAt: 15_000 },
  ])('is $expiresAt, at most $absoluteExpiresAt', ({ expiresAt, absoluteExpiresAt, ...times }) => {
    expect(sessionExpiry(times, limits)).toEqual({ expiresAt, absoluteExpiresAt });
    expect(sessionState(times, limits, expiresAt - 1)).toBe('live');
    expect(sessionState(times, limits, expiresAt)).not.toBe('live');
  });
});
