import type { MailableEvent } from '../policy/mailed-events.js';
import { decideNotice, type NoticeHistory } from './notice-limit.js';

const START = new Date('2026-01-01T00:00:00Z');
const later = (ms: number) => new Date(START.getTime() + ms);
const HOUR_MS = 3_600_000;

describe('decideNotice', () => {
  let history: NoticeHistory;
  const decide = (kind: MailableEvent, now = START) => {
    const decision = decideNotice(history, kind, now);
    history = decision.history;
    return decision.isMailed;
  };

  beforeEach(() => {
    history = { windowStartedAt: START, mailed: [], digestDueAt: null };
  });

  it('mails ten notices in a day and leaves the rest to a digest a minute later', () => {
    const mailed = Array.from({ length: 500 }, () => decide('new_device_sign_in'));
    expect(mailed.filter(Boolean)).toHaveLength(10);
    expect(mailed.indexOf(false)).toBe(10);
    expect(history.digestDueAt).toEqual(later(60_000));
  });

  it('mails the first notice of each kind, whatever was mailed before', () => {
    for (let n = 0; n < 20; n++) decide('new_device_sign_in');
    expect(decide('password_changed')).toBe(true);
    expect(decide('password_changed')).toBe(false);
  });

  it('keeps six hours between digests', () => {
    for (let n = 0; n < 11; n++) decide('new_device_sign_in');
    decide('new_device_sign_in', later(HOUR_MS));
    expect(history.digestDueAt).toEqual(later(6 * HOUR_MS + 60_000));
    decide('new_device_sign_in', later(2 * HOUR_MS));
    expect(history.digestDueAt).toEqual(later(6 * HOUR_MS + 60_000));
    decide('new_device_sign_in', later(20 * HOUR_MS));
    expect(history.digestDueAt).toEqual(later(20 * HOUR_MS + 60_000));
  });

  it('starts anew after a day', () => {
    for (let n = 0; n < 11; n++) decide('new_device_sign_in');
    expect(decide('new_device_sign_in', later(24 * HOUR_MS - 1))).toBe(false);
    expect(decide('new_device_sign_in', later(24 * HOUR_MS))).toBe(true);
    expect(history).toMatchObject({ windowStartedAt: later(24 * HOUR_MS), mailed: ['new_device_sign_in'] });
  });
});
