import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import { newEmail } from '../../support/api.js';
import { type RunningApp, startApp } from '../../support/app.js';
import { confirmAddress } from '../../support/confirm-address.js';
import { freePort } from '../../support/free-port.js';
import { waitForMailTo } from '../../support/linked-mail.js';
import { Mailbox } from '../../support/mailbox.js';
import { hasPostfix, PostfixServer } from '../../support/postfix-server.js';
import { COMMAND, inProject, runProgram } from '../../support/run-program.js';
import { serviceEnv } from '../../support/service-env.js';
import { waitUntil } from '../../support/wait-until.js';

const describeIfFound = (await hasPostfix()) && nobodyCanRunTheCommand() ? describe : describe.skip;

const BOUNCE_ADDRESS = 'bounces@id.example.com';
const SECRET = 'a secret of the tests, 32 bytes or more';

/** The files of Postfix in docs/operations.md. */
const [, DOCUMENTED_MAIN = '', DOCUMENTED_MASTER = ''] =
  /\n# main\.cf\n(.*?)\n# master\.cf\n(.*?)```/s.exec(
    readFileSync(new URL('../../../docs/operations.md', import.meta.url), 'utf8'),
  ) ?? [];
const DOCUMENTED_SCRIPT = '/usr/local/lib/latchkey-bounce';
const SETTINGS = {
  ...Object.fromEntries(
    [...DOCUMENTED_MAIN.matchAll(/^(\S+) = (.*)$/gm)].map(([, name, value]) => [name, value]),
  ),
  mynetworks: '127.0.0.0/8',
};

describeIfFound('a mail that Postfix accepts and cannot deliver', () => {
  let directory: string;
  let auditFile: string;
  let mailbox: Mailbox;
  let postfix: PostfixServer;
  let service: RunningApp;
  let metricsPort: number;
  /** What the next server answers about an address. */
  const replies = new Map<string, { responseCode: number; message: string }>();

  const commandEnv = () =>
    serviceEnv(service.database.url, {
      LATCHKEY_SECRET: SECRET,
      MAIL_BOUNCE_ADDRESS: BOUNCE_ADDRESS,
      AUDIT_LOG: auditFile,
    });
  const user = async (...args: string[]) =>
    (await runProgram(COMMAND, ['user', ...args], commandEnv())).stdout;
  const marks = () =>
    service.sql('SELECT u.email, a.reply FROM undeliverable_addresses a JOIN users u ON u.id = a.user_id');
  const bounceAddress = async (email: string) =>
    waitUntil('the next server has heard of the mail', () => senders.get(email));
  const senders = new Map<string, string>();

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'latchkey-bounces-'));
    chmodSync(directory, 0o777);
    auditFile = join(directory, 'audit.log');
    mailbox = await Mailbox.open({
      onRcptTo: ({ address }, { envelope }, done) => {
        if (envelope.mailFrom) senders.set(address, envelope.mailFrom.address);
        const reply = replies.get(address);
        done(reply && Object.assign(new Error(reply.message), reply));
      },
    });
    const script = join(directory, 'latchkey-bounce');
    expect(DOCUMENTED_MASTER).toContain(`argv=${DOCUMENTED_SCRIPT} `);
    const pipe = DOCUMENTED_MASTER.replace(DOCUMENTED_SCRIPT, script);
    postfix = await PostfixServer.start(mailbox.port, SETTINGS, pipe);
    metricsPort = await freePort();
    service = await startApp({
      SMTP_URL: postfix.url,
      LATCHKEY_ISSUER: 'https://id.example.com',
      LATCHKEY_SECRET: SECRET,
      MAIL_BOUNCE_ADDRESS: BOUNCE_ADDRESS,
      METRICS_PORT: String(metricsPort),
    });
    writeFileSync(join(directory, 'latchkey.env'), environmentFile(commandEnv()), { mode: 0o644 });
    writeFileSync(
      script,
      `#!/bin/sh\nset -a\n. ${directory}/latchkey.env\nexec ${process.execPath} ${inProject(COMMAND)} mail-bounce "$1"\n`,
      { mode: 0o755 },
    );
  });
  afterAll(async () => {
    await service?.close();
    await postfix?.dispose();
    await mailbox?.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it('marks the address as undeliverable, and the operator sees why', async () => {
    const email = newEmail();
    replies.set(email, { responseCode: 550, message: '5.1.1 no such user here' });
    await service.api.register(email);
    await waitUntil('the address is marked', async () => (await marks()).length > 0, { timeoutMs: 30_000 });
    expect(await marks()).toEqual([{ email, reply: '550 5.1.1 no such user here' }]);
    expect(await user('show', email)).toMatch(
      /^ {2}mail {7}undeliverable since \d{4}-\d\d-\d\dT\S+: 550 5\.1\.1 no such user here$/m,
    );
    expect(JSON.parse(readFileSync(auditFile, 'utf8').trim().split('\n').at(-1) ?? '')).toMatchObject({
      event: 'mail_bounced',
      outcome: 'observed',
      actor: 'latchkey',
      detail: { status: '5.1.1', is_undeliverable: true },
    });
    const metrics = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
    expect(metrics).toContain('latchkey_mail_undeliverable_addresses 1\n');
  });

  it('still sends mail to the address, and a mailed link that is used removes the mark', async () => {
    const [{ email }] = (await marks()) as [{ email: string }];
    replies.clear();
    await confirmAddress(service, email);
    await service.api.call('POST', '/auth/password/forgot', { body: { email } });
    const { token } = await waitForMailTo(mailbox, email, 'reset-password');
    const body = { token, new_password: 'another correct horse battery' };
    expect((await service.api.call('POST', '/auth/password/reset', { body })).status).toBe(204);
    expect(await marks()).toEqual([]);
    expect(await user('show', email)).toMatch(/^ {2}mail {7}no address error known$/m);
  });

  it('records a mail that was refused for another reason, without a mark', async () => {
    const email = newEmail();
    replies.set(email, { responseCode: 554, message: '5.7.1 looks like spam' });
    await service.api.register(email);
    await waitUntil(
      'a line of the audit log',
      () => existsSync(auditFile) && readFileSync(auditFile, 'utf8').includes('"status":"5.7.1"'),
      { timeoutMs: 30_000 },
    );
    expect(await marks()).toEqual([]);
  });

  it('is reported without its text, which contains a link', async () => {
    const email = newEmail();
    replies.set(email, { responseCode: 550, message: '5.1.1 no such user here' });
    // The report goes to the mailbox.
    await postfix.restartWith({ ...SETTINGS, transport_maps: '' });
    try {
      await service.api.register(email);
      const address = await bounceAddress(email);
      const { raw } = await mailbox.waitFor(address, /Undelivered/);
      expect(raw).toContain('Action: failed');
      expect(raw).toContain('Content-Type: text/rfc822-headers');
      expect(raw).not.toMatch(/lkm_|#token/);
    } finally {
      await postfix.restartWith(SETTINGS);
    }
  });

  describe('the command', () => {
    const report = (status: string) =>
      [
        'Content-Type: multipart/report; report-type=delivery-status; boundary=x',
        'MIME-Version: 1.0',
        '',
        '--x',
        'Content-Type: message/delivery-status',
        '',
        'Reporting-MTA: dns; mx.example.net',
        '',
        'Final-Recipient: rfc822; someone-else@example.org',
        'Action: failed',
        `Status: ${status}`,
        '',
        '--x--',
        '',
      ].join('\r\n');
    const bounce = (recipient: string, message: string, env = commandEnv()) =>
      runProgram(COMMAND, ['mail-bounce', recipient], env, message);
    let genuine: string;
    let email: string;

    beforeAll(async () => {
      email = newEmail();
      await service.api.register(email);
      await mailbox.waitFor(email, /Confirm/);
      genuine = await bounceAddress(email);
    });

    it('gives each user their own address, the same for every mail', async () => {
      expect(genuine).toMatch(/^bounces\+[0-9a-f]{48}@id\.example\.com$/);
      await service.api.call('POST', '/auth/password/forgot', { body: { email } });
      senders.delete(email);
      await waitForMailTo(mailbox, email, 'reset-password');
      expect(await bounceAddress(email)).toBe(genuine);
    });

    it('believes a report only if it was sent to the address of the user', async () => {
      const [, tag = ''] = /\+(\w+)@/.exec(genuine) ?? [];
      const forged = genuine.replace(
        tag,
        tag.replace(/.$/, (digit) => (digit === '0' ? '1' : '0')),
      );
      for (const recipient of [forged, BOUNCE_ADDRESS, email])
        expect(await bounce(recipient, report('5.1.1'))).toEqual({
          code: 0,
          stdout: 'ignored: not a bounce address of a user\n',
          stderr: '',
        });
      expect(await marks()).toEqual([]);
      expect(await bounce(genuine.toUpperCase(), report('5.1.1'))).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(
          /^recorded: mail to user \S+ failed \(5\.1\.1\); the address is undeliverable\n$/,
        ),
      });
      expect(await marks()).toEqual([{ email, reply: '' }]);
    });

    it.each([
      ['an automatic reply', 'Subject: Out of office\r\n\r\nI am away.\r\n'],
      ['a report of a delay', report('4.4.1').replace('failed', 'delayed')],
      ['nothing', ''],
      ['what is no mail', '\u0000\u0001'.repeat(1_000)],
    ])('ignores %s', async (_, message) => {
      expect(await bounce(genuine, message)).toEqual({
        code: 0,
        stdout: 'ignored: not a report of a failed delivery\n',
        stderr: '',
      });
    });

    it('asks the mail server to try again while the database is down', async () => {
      const env = { ...commandEnv(), DATABASE_URL: 'postgres://127.0.0.1:1/latchkey' };
      expect(await bounce(genuine, report('5.1.1'), env)).toMatchObject({ code: 75, stdout: '' });
    });

    it('accepts a report that another server sends later', async () => {
      await service.sql('DELETE FROM undeliverable_addresses');
      const sender = createTransport({ url: postfix.url, ignoreTLS: true });
      await sender.sendMail({ envelope: { from: '', to: genuine }, raw: report('5.1.1') });
      sender.close();
      await waitUntil('the address is marked', async () => (await marks()).length > 0, { timeoutMs: 30_000 });
      expect(await marks()).toEqual([{ email, reply: '' }]);
    });
  });
});

/** For `.` of sh. */
function environmentFile(env: Record<string, string>): string {
  return Object.entries(env)
    .map(([name, value]) => `${name}='${value.replaceAll("'", `'\\''`)}'\n`)
    .join('');
}

/** Postfix runs the command as this user, which cannot read a checkout in a private directory. */
function nobodyCanRunTheCommand(): boolean {
  const command = [process.execPath, inProject(COMMAND), '--help'];
  if (spawnSync('runuser', ['-u', 'nobody', '--', ...command]).status === 0) return true;
  process.stderr.write('left out: the tests of bounces, because the user nobody cannot run the command\n');
  return false;
}
