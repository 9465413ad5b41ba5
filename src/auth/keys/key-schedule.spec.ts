import fc from 'fast-check';
import { type KeyPeriod, keySchedule, keyScheduleRules } from './key-schedule.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NOW = Date.UTC(2026, 0, 1);

const rules = keyScheduleRules(30 * DAY, 900);
const period = (kid: string, signsFrom: number, signsUntil: number): KeyPeriod => ({
  kid,
  signsFrom,
  signsUntil,
});

describe('keySchedule', () => {
  it('lets the first key sign at once', () => {
    expect(keySchedule([], NOW, rules)).toEqual({
      signing: null,
      published: [],
      retired: [],
      successor: { signsFrom: NOW, signsUntil: NOW + 30 * DAY },
    });
  });

  it('does not replace a key whose period ends much later', () => {
    const key = period('a', NOW - DAY, NOW + 29 * DAY);
    expect(keySchedule([key], NOW, rules)).toEqual({
      signing: 'a',
      published: ['a'],
      retired: [],
      successor: null,
    });
  });

  it('creates the next key two hours ahead; it starts to sign when the old one ends', () => {
    const key = period('a', NOW - 30 * DAY + 2 * HOUR, NOW + 2 * HOUR);
    expect(keySchedule([key], NOW - 1, rules).successor).toBeNull();
    expect(keySchedule([key], NOW, rules).successor).toEqual({
      signsFrom: NOW + 2 * HOUR,
      signsUntil: NOW + 2 * HOUR + 30 * DAY,
    });
  });

  it('publishes a late successor for an hour as well, while the overdue key keeps signing', () => {
    const key = period('a', NOW - 40 * DAY, NOW - 10 * DAY);
    const schedule = keySchedule([key], NOW, rules);
    expect(schedule.successor?.signsFrom).toBe(NOW + HOUR);
    expect(schedule).toMatchObject({ signing: 'a', published: ['a'], retired: [] });
  });

  it('creates one successor, not one at each check', () => {
    const keys = [period('a', NOW - 30 * DAY, NOW + HOUR), period('b', NOW + HOUR, NOW + 31 * DAY)];
    expect(keySchedule(keys, NOW, rules)).toMatchObject({
      signing: 'a',
      published: ['a', 'b'],
      successor: null,
    });
  });

  it('switches to the next key at the exact millisecond', () => {
    const keys = [period('a', NOW - 30 * DAY, NOW), period('b', NOW, NOW + 30 * DAY)];
    expect(keySchedule(keys, NOW - 1, rules).signing).toBe('a');
    expect(keySchedule(keys, NOW, rules).signing).toBe('b');
  });

  it('publishes an old key until the last token it signed has expired, then removes it', () => {
    const keys = [period('a', NOW - 30 * DAY, NOW), period('b', NOW, NOW + 30 * DAY)];
    const lastExpiry = NOW + 15 * MINUTE;
    expect(keySchedule(keys, lastExpiry + MINUTE, rules).published).toEqual(['a', 'b']);
    expect(keySchedule(keys, NOW + rules.retentionMs, rules)).toMatchObject({
      published: ['b'],
      retired: ['a'],
    });
  });

  it('replaces a signing key that was removed manually at once', () => {
    const successor = period('b', NOW + HOUR, NOW + 30 * DAY);
    expect(keySchedule([successor], NOW, rules)).toMatchObject({
      signing: null,
      published: ['b'],
      successor: { signsFrom: NOW },
    });
  });

  it('does not depend on the order of the rows, even for keys with the same period', () => {
    const keys = [period('a', NOW, NOW + DAY), period('b', NOW, NOW + DAY), period('c', NOW - DAY, NOW)];
    expect(keySchedule([...keys].reverse(), NOW, rules)).toEqual(keySchedule(keys, NOW, rules));
  });

  it.each([HOUR, 90 * MINUTE, DAY, 3650 * DAY])(
    'publishes keys earlier than a verifier may lag when keys change every %d ms',
    (rotationMs) => {
      const refreshAndMaxAge = MINUTE + 5 * MINUTE;
      expect(keyScheduleRules(rotationMs, 900).aheadMs).toBeGreaterThan(refreshAndMaxAge);
      expect(2 * keyScheduleRules(rotationMs, 900).aheadMs).toBeLessThan(rotationMs);
    },
  );
});

describe('a table of keys that is checked at random intervals for months', () => {
  const gap = fc.oneof(
    { weight: 30, arbitrary: fc.integer({ min: 1, max: 10 * MINUTE }) },
    { weight: 1, arbitrary: fc.integer({ min: HOUR, max: 40 * DAY }) },
  );

  it('always has a key that signs, publishes each key in advance, and removes none that a token still needs', () => {
    fc.assert(
      fc.property(
        fc.array(gap, { minLength: 50, maxLength: 400 }),
        fc.integer({ min: HOUR, max: DAY }),
        fc.integer({ min: 1, max: 3600 }),
        (gaps, rotationMs, ttlSeconds) => {
          const sut = keyScheduleRules(rotationMs, ttlSeconds);
          let keys: KeyPeriod[] = [];
          const madeAt = new Map<string, number>();
          const lastSigned = new Map<string, number>();
          let now = NOW;
          for (const ms of gaps) {
            const due = keySchedule(keys, now, sut);
            for (const kid of due.retired) {
              expect(now).toBeGreaterThan((lastSigned.get(kid) ?? 0) + ttlSeconds * 1000);
            }
            keys = applied(keys, due, `key-${madeAt.size}`);
            for (const { kid } of keys) if (!madeAt.has(kid)) madeAt.set(kid, now);

            // The last token signed before the next check.
            now += ms;
            const { signing, published } = keySchedule(keys, now, sut);
            expect(published).toContain(signing);
            lastSigned.set(signing ?? '', now);
            const shown = now - (madeAt.get(signing ?? '') ?? now);
            if (signing !== 'key-0') expect(shown).toBeGreaterThanOrEqual(sut.aheadMs);
            expect(keys.length).toBeLessThanOrEqual(4);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  /** Applies the changes that `KeySet` writes to the table. */
  function applied(keys: KeyPeriod[], due: ReturnType<typeof keySchedule>, kid: string): KeyPeriod[] {
    const { successor, signing, retired } = due;
    const kept = keys
      .filter((key) => !retired.includes(key.kid))
      .map((key) => (successor && key.kid === signing ? { ...key, signsUntil: successor.signsFrom } : key));
    return successor ? [...kept, { kid, ...successor }] : kept;
  }
});
