import { deliveryFailure } from './delivery-report.js';

/** A report with the groups of fields of its machine-readable part. */
function report(...groups: string[][]): Buffer {
  return Buffer.from(
    [
      'From: Mail Delivery System <MAILER-DAEMON@mail.example.net>',
      'Subject: Undelivered Mail Returned to Sender',
      'MIME-Version: 1.0',
      'Content-Type: multipart/report; report-type=delivery-status; boundary="=_x"',
      '',
      '--=_x',
      'Content-Type: text/plain; charset=us-ascii',
      '',
      'Action: failed',
      'Status: 5.9.9',
      '',
      '--=_x',
      'Content-Description: Delivery report',
      'Content-Type: message/delivery-status',
      '',
      groups.map((fields) => fields.join('\r\n')).join('\r\n\r\n'),
      '',
      '--=_x',
      'Content-Type: message/rfc822',
      '',
      'Subject: Reset your password',
      '',
      'Status: 5.8.8',
      '--=_x--',
      '',
    ].join('\r\n'),
  );
}

const ABOUT_THE_MAIL = [
  'Reporting-MTA: dns; mail.example.net',
  'Arrival-Date: Sat, 28 Nov 2026 01:00:00 +0000',
];

describe('a report about a mail', () => {
  it('says which server refused it and why', async () => {
    const recipient = [
      'Final-Recipient: rfc822; ada@example.org',
      'Original-Recipient: rfc822;ada@example.org',
      'Action: failed',
      'Status: 5.1.1',
      'Remote-MTA: dns; mx.example.org',
      'Diagnostic-Code: smtp; 550 5.1.1 <ada@example.org>: Recipient address rejected:',
      '    User unknown in virtual mailbox table',
    ];
    expect(await deliveryFailure(report(ABOUT_THE_MAIL, recipient))).toEqual({
      status: '5.1.1',
      reply: '550 5.1.1 <ada@example.org>: Recipient address rejected: User unknown in virtual mailbox table',
    });
  });

  it('is read whatever the case of its fields, with comments and without a reply', async () => {
    const recipient = [
      'FINAL-RECIPIENT: RFC822;ada@example.org',
      'action: Failed',
      'status: 5.4.7 (expired)',
    ];
    expect(await deliveryFailure(report(ABOUT_THE_MAIL, recipient))).toEqual({ status: '5.4.7', reply: '' });
  });

  it('is read for the recipient that failed, if the mail was forwarded to several', async () => {
    const delivered = ['Final-Recipient: rfc822; a@example.org', 'Action: relayed', 'Status: 2.0.0'];
    const failed = ['Final-Recipient: rfc822; b@example.org', 'Action: failed', 'Status: 5.2.1'];
    expect(await deliveryFailure(report(ABOUT_THE_MAIL, delivered, failed))).toMatchObject({
      status: '5.2.1',
    });
  });

  it('is no failure if the mail is late or was delivered', async () => {
    for (const action of ['delayed', 'delivered', 'relayed', 'expanded'])
      expect(
        await deliveryFailure(report(ABOUT_THE_MAIL, [`Action: ${action}`, 'Status: 4.4.1'])),
      ).toBeNull();
  });

  it.each(['', '\r\n', 'Subject: Out of office\r\n\r\nAction: failed\r\nStatus: 5.1.1\r\n'])(
    'is not found in %j',
    async (message) => {
      expect(await deliveryFailure(Buffer.from(message))).toBeNull();
    },
  );

  it('takes linear time for a long run of spaces in a field', async () => {
    // Quadratic time would be minutes.
    const spaces = ' '.repeat(500_000);
    const recipient = [`Action: failed${spaces}x`, 'Status: 5.1.1'];
    expect(await deliveryFailure(report(ABOUT_THE_MAIL, recipient))).toBeNull();
  });
});
