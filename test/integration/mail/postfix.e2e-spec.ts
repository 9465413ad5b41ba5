import { setTimeout as sleep } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { newEmail } from '../../support/api.js';
import { type RunningApp, startApp } from '../../support/app.js';
import { Mailbox } from '../../support/mailbox.js';
import { hasPostfix, PostfixServer } from '../../support/postfix-server.js';
import { SmtpPolicy } from '../../support/smtp-policy.js';
import { waitUntil } from '../../support/wait-until.js';

const describeIfFound = (await hasPostfix()) ? describe : describe.skip;

const CONFIRM = 'Confirm your email address';
const HOSTED = 'hosted.test';
/** This machine may relay, so the service needs no password. */
const TRUSTING = { mynetworks: '127.0.0.0/8' };

describeIfFound('a mail through Postfix', () => {
  let mailbox: Mailbox;
  let policy: SmtpPolicy;
  let postfix: PostfixServer;
  let service: RunningApp;
  let logged: jest.SpiedFunction<Logger['error']>;

  beforeAll(async () => {
    mailbox = await Mailbox.open();
    policy = await SmtpPolicy.open();
    postfix = await PostfixServer.start(mailbox.port, settings(TRUSTING));
    service = await startApp({ SMTP_URL: postfix.url, LATCHKEY_ISSUER: 'https://id.example.com' });
  });
  afterAll(async () => {
    await service?.close();
    await postfix?.dispose();
    policy?.close();
    await mailbox?.close();
  });

  beforeEach(() => {
    logged = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => {});
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    policy.reset();
    await service.sql('DELETE FROM mail_outbox');
  });

  const settings = (more: Record<string, string>) => ({
    relay_domains: HOSTED,
    relay_recipient_maps: `inline:{ ada@${HOSTED}=x }`,
    smtpd_recipient_restrictions: `check_policy_service inet:127.0.0.1:${policy.port}`,
    ...more,
  });
  const outbox = () => service.sql('SELECT * FROM mail_outbox');
  const makeDue = () => service.sql('UPDATE mail_outbox SET next_attempt_at = now()');
  const failedAttempt = () =>
    waitUntil('a failed attempt', async () => (await outbox()).find((mail) => mail.last_error), {
      timeoutMs: 30_000,
    });
  const isEmpty = () => waitUntil('the outbox is empty', async () => (await outbox()).length === 0);
  const attempts = () => policy.requests.filter(({ protocol_state }) => protocol_state === 'RCPT');

  it('has the headers of an automatic mail that is not bulk mail', async () => {
    const email = newEmail();
    await service.api.register(email);
    const { parsed, raw } = await mailbox.waitFor(email, CONFIRM);
    expect(parsed.messageId).toMatch(/^<[0-9a-f-]{36}@id\.example\.com>$/);
    expect(Math.abs(Date.now() - (parsed.date?.getTime() ?? 0))).toBeLessThan(600_000);
    expect(parsed.headers.get('auto-submitted')).toBe('auto-generated');
    expect(parsed.headers.get('x-auto-response-suppress')).toBe('DR, RN, NRN, OOF, AutoReply');
    expect(raw).not.toMatch(/^(List-Unsubscribe|List-Id|Precedence|DKIM-Signature):/im);
    // Postfix adds none of these.
    expect(raw.match(/^(Date|Message-ID|From):/gim)).toHaveLength(3);
  });

  it('is accepted at the second attempt by a server that greylists', async () => {
    const seen = new Set<string>();
    policy.decide = ({ client_address, sender, recipient }) => {
      const triplet = `${client_address} ${sender} ${recipient}`;
      if (seen.has(triplet)) return 'DUNNO';
      seen.add(triplet);
      return 'DEFER_IF_PERMIT 4.2.0 Greylisted, try again in a few seconds';
    };
    const email = newEmail();
    await service.api.register(email);
    expect((await failedAttempt()).last_error).toContain('450 4.2.0');
    await mailbox.waitFor(email, CONFIRM);
    await isEmpty();
    expect(attempts()).toHaveLength(2);
    expect(mailbox.to(email)).toHaveLength(1);
  });

  it.each([
    ['421 4.3.2 Service shutting down', '421'],
    ['452 4.2.2 Mailbox full', '452'],
    ['552 5.2.2 Mailbox full', '552'],
  ])('waits if the reply is %s', async (action, code) => {
    policy.decide = () => action;
    const email = newEmail();
    await service.api.register(email);
    const { last_error, failed_at } = await failedAttempt();
    expect(last_error).toContain(`${code} `);
    expect(failed_at).toBeNull();
    // It may be over soon, and there is nothing for the operator to correct.
    expect(logged).not.toHaveBeenCalled();
    policy.decide = () => 'DUNNO';
    await makeDue();
    await mailbox.waitFor(email, CONFIRM);
  });

  it.each([
    ['550 5.7.1 Message rejected due to policy', '550 5.7.1'],
    ['550 5.7.26 Unauthenticated email is not accepted', '550 5.7.26'],
    ['554 5.7.1 Blocked: client host is on a block list', '554 5.7.1'],
  ])('is kept, and reported as an error, if the reply is %s', async (action, code) => {
    policy.decide = () => action;
    const email = newEmail();
    await service.api.register(email);
    const { last_error, failed_at } = await failedAttempt();
    expect(last_error).toContain(`refuses mail from this service: ${code}`);
    expect(failed_at).toBeNull();
    expect(logged).toHaveBeenCalledWith(expect.stringMatching(/was not sent.*check SMTP_URL and MAIL_FROM$/));
    policy.decide = () => 'DUNNO';
    await makeDue();
    await mailbox.waitFor(email, CONFIRM);
  });

  it('is given up if the recipient is unknown, and the address is shown as undeliverable', async () => {
    const unknown = `nobody@${HOSTED}`;
    const known = `ada@${HOSTED}`;
    await service.api.register(unknown);
    await service.api.register(known);
    await mailbox.waitFor(known, CONFIRM);
    await waitUntil('the mail is given up', async () => (await outbox())[0]?.failed_at);
    expect(await outbox()).toMatchObject([
      { attempts: 1, facts: {}, last_error: 'the mail server refused the recipient: 550 5.1.1' },
    ]);
    await makeDue();
    await sleep(2_500);
    expect(await outbox()).toMatchObject([{ attempts: 1 }]);
    expect(
      await service.sql(
        'SELECT email, reply FROM undeliverable_addresses a JOIN users u ON u.id = a.user_id',
      ),
    ).toEqual([{ email: unknown, reply: expect.stringMatching(/^550 5\.1\.1 .*User unknown in relay/) }]);
    const lines = logged.mock.calls.map(([line]) => String(line));
    expect(lines).toEqual([expect.stringMatching(/^gave up mail .*: .* 550 5\.1\.1$/)]);
  });

  it('waits while the server does not answer', async () => {
    postfix.pause();
    const email = newEmail();
    try {
      await service.api.register(email);
      const { last_error } = await failedAttempt();
      expect(last_error).toMatch(/greeting/i);
    } finally {
      postfix.resume();
    }
    await makeDue();
    await mailbox.waitFor(email, CONFIRM);
  });

  it('is sent by a server that takes seconds for each reply', async () => {
    policy.decide = () => sleep(4_000, 'DUNNO');
    const email = newEmail();
    await service.api.register(email);
    await mailbox.waitFor(email, CONFIRM);
    await isEmpty();
    expect(attempts()).toHaveLength(1);
  });

  describe('with other settings', () => {
    afterEach(() => postfix.restartWith(settings(TRUSTING)));

    it('is kept while relaying is denied, reported as an error, and sent once it is allowed', async () => {
      await postfix.restartWith(settings({}));
      const email = newEmail();
      await service.api.register(email);
      const { last_error, failed_at } = await failedAttempt();
      expect(last_error).toMatch(/refuses mail from this service: 554 5\.7\.1 .*Relay access denied/);
      expect(failed_at).toBeNull();
      expect(logged).toHaveBeenCalledWith(
        expect.stringMatching(/was not sent.*check SMTP_URL and MAIL_FROM$/),
      );
      await postfix.restartWith(settings(TRUSTING));
      await makeDue();
      await mailbox.waitFor(email, CONFIRM);
    });

    it('is kept while it is larger than the server allows', async () => {
      await postfix.restartWith(settings({ ...TRUSTING, message_size_limit: '500', queue_minfree: '1' }));
      const email = newEmail();
      await service.api.register(email);
      const { last_error, failed_at } = await failedAttempt();
      expect(last_error).toContain('552 5.3.4');
      expect(failed_at).toBeNull();
      await postfix.restartWith(settings(TRUSTING));
      await makeDue();
      await mailbox.waitFor(email, CONFIRM);
    });

    it('is delivered once if the server dies before it has acknowledged the content', async () => {
      await postfix.restartWith(
        settings({
          ...TRUSTING,
          smtpd_end_of_data_restrictions: `check_policy_service inet:127.0.0.1:${policy.port}`,
        }),
      );
      let dies = true;
      policy.decide = ({ protocol_state }) =>
        protocol_state === 'END-OF-MESSAGE' && dies ? new Promise(() => {}) : 'DUNNO';
      const email = newEmail();
      await service.api.register(email);
      await waitUntil('the server has the content', () =>
        policy.requests.some(({ protocol_state }) => protocol_state === 'END-OF-MESSAGE'),
      );
      await postfix.kill();
      dies = false;
      await failedAttempt();
      await postfix.start();
      await makeDue();
      await mailbox.waitFor(email, CONFIRM);
      await isEmpty();
      await sleep(2_500);
      expect(mailbox.to(email)).toHaveLength(1);
    });
  });
});
