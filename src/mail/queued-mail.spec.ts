import type { OutboxMail } from './outbox-mail.entity.js';
import { queuedMail } from './queued-mail.js';

describe('queuedMail', () => {
  const row = (kind: string, facts: Record<string, unknown> = {}): OutboxMail => ({
    id: '019af0e1-0000-7000-8000-000000000001',
    kind,
    userId: null,
    facts,
    isRequested: false,
    turn: 0,
    share: null,
    mergeKey: null,
    createdAt: new Date(0),
    expiresAt: new Date(1),
    attempts: 1,
    nextAttemptAt: new Date(0),
    failedAt: null,
    lastError: null,
  });

  it.each([
    {},
    { counts: { new_device_sign_in: 2 } },
    { email: 'ada@example.org' },
    { device: null, address: '192.0.2.7' },
  ])('reads a row with the facts %j', (facts) => {
    expect(queuedMail(row('password_to_reset', facts))).toMatchObject({ kind: 'password_to_reset', facts });
  });

  it.each([
    ['an unknown kind', row('postcard'), /unknown kind of mail: postcard/],
    ['a count that is not a number', row('notice_digest', { counts: { x: '<b>' } }), /not texts and counts/],
    ['a fact that is not a text', row('new_device_sign_in', { device: { name: 'Phone' } }), /not texts/],
  ])('refuses %s', (_, refused, message) => {
    expect(() => queuedMail(refused)).toThrow(message);
  });
});
