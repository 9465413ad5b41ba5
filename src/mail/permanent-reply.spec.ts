import { isAboutRecipient, refusedPart, replyCodes, statusOf } from './permanent-reply.js';

const partOf = (reply: string, command = 'RCPT TO') => refusedPart(command, Number(reply.slice(0, 3)), reply);

describe('a permanent reply of a mail server', () => {
  it.each([
    '550 5.1.1 <ada@example.org>: Recipient address rejected: User unknown in virtual mailbox table',
    '550-5.1.1 The email account that you tried to reach does not exist\n550 5.1.1 Try again',
    '550 5.2.1 The email account that you tried to reach is disabled',
    '554 5.1.2 Bad destination system address',
    '556 5.1.10 Recipient address has a null MX',
    '553 sorry, no mailbox here by that name (#5.1.1)',
    '550 no such user here',
    '501 Error: Bad recipient address syntax',
    '551 User not local',
    '553 Mailbox name is invalid',
  ])('is about the recipient: %s', (reply) => {
    expect(partOf(reply)).toBe('recipient');
  });

  it.each([
    '554 Relay access denied',
    '554 5.7.1 <ada@example.org>: Relay access denied',
    '550 5.7.1 Unable to relay',
    '550 relay not permitted',
    '553 sorry, that domain is not in my list of allowed rcpthosts (#5.7.1)',
    '550 5.1.8 <no-reply@example.com>: Sender address rejected: Domain not found',
    '550 5.1.7 Bad address syntax of the sender',
    '550 5.7.26 Unauthenticated email from example.com is not accepted',
    '530 5.7.0 Must issue a STARTTLS command first',
    '503 5.5.1 Error: need MAIL command',
    '554 Transaction failed',
    '500 Command unrecognized',
  ])('is about the service: %s', (reply) => {
    expect(partOf(reply)).toBe('service');
  });

  it.each(['552 5.2.2 Mailbox full', '552 Exceeded storage allocation'])(
    'is about the mailbox: %s',
    (reply) => {
      expect(partOf(reply)).toBe('mailbox');
    },
  );

  it('is about the service unless it answers RCPT TO or DATA', () => {
    expect(partOf('550 5.1.1 User unknown', 'MAIL FROM')).toBe('service');
    expect(partOf('535 5.7.8 Authentication failed', 'AUTH PLAIN')).toBe('service');
  });

  it.each([
    ['550 5.1.1 User unknown', 'recipient'],
    ['552 5.2.2 Mailbox full', 'mailbox'],
    ['552 5.3.4 Message size exceeds fixed limit', 'service'],
    ['554 5.7.1 Message rejected as spam', 'service'],
    ['550 Message refused', 'service'],
  ] as const)('to the content is about the recipient only with such an enhanced code: %s', (reply, part) => {
    expect(partOf(reply, 'DATA')).toBe(part);
  });

  it.each([
    ['550 5.1.1 <ada@example.org>: no such user', '5.1.1', '550 5.1.1'],
    ['550-5.1.1 no such user\n550 5.1.1 Try again', '5.1.1', '550 5.1.1'],
    ['553 no such user (#5.1.1)', '5.1.1', '553'],
    ['550 no such user', '5.0.0', '550'],
  ])('has a status, and codes without a text: %s', (reply, status, codes) => {
    expect(statusOf(reply)).toBe(status);
    expect(replyCodes(reply)).toBe(codes);
  });
});

describe('a failed delivery', () => {
  it.each([
    ['5.1.1', '', true],
    ['5.1.10', '556 5.1.10 null MX', true],
    ['5.2.1', '550 5.2.1 disabled', true],
    ['5.0.0', '550 no such user here', true],
    ['5.0.0', '550 relay not permitted', false],
    ['5.0.0', '', false],
    ['5.2.2', '552 5.2.2 mailbox full', false],
    ['5.7.1', '550 5.7.1 no such user, or spam', false],
    ['5.4.4', '', false],
    ['4.1.1', '', false],
    ['', '550 no such user here', false],
  ])('with the status "%s" and the reply "%s" is about the recipient: %s', (status, reply, isAbout) => {
    expect(isAboutRecipient(status, reply)).toBe(isAbout);
  });
});
