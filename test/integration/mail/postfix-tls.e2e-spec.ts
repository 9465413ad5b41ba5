import { Client } from 'pg';
import { newEmail } from '../../support/api.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { Mailbox } from '../../support/mailbox.js';
import { hasPostfix, MAIL_PASSWORD, MAIL_USER, PostfixServer } from '../../support/postfix-server.js';
import { serviceEnv } from '../../support/service-env.js';
import { ServiceProcess } from '../../support/service-process.js';
import { createTlsFiles, type TlsFiles } from '../../support/tls-files.js';
import { waitUntil } from '../../support/wait-until.js';

const describeIfFound = (await hasPostfix()) ? describe : describe.skip;

const CONFIRM = 'Confirm your email address';

describeIfFound('a Postfix that requires STARTTLS and AUTH', () => {
  let files: TlsFiles;
  let otherFiles: TlsFiles;
  let mailbox: Mailbox;
  let postfix: PostfixServer;
  let database: TestDatabase;
  let sql: Client;
  let service: ServiceProcess | undefined;

  const withTls = () => ({
    smtpd_tls_security_level: 'encrypt',
    smtpd_tls_auth_only: 'yes',
    smtpd_tls_cert_file: files.certificate,
    smtpd_tls_key_file: files.key,
    smtpd_tls_loglevel: '1',
  });

  beforeAll(async () => {
    [files, otherFiles] = [await createTlsFiles({}), await createTlsFiles({})];
    mailbox = await Mailbox.open();
    postfix = await PostfixServer.start(mailbox.port, withTls());
    database = await createTestDatabase();
    sql = new Client({ connectionString: database.url });
    await sql.connect();
  });
  afterAll(async () => {
    await sql?.end();
    await postfix?.dispose();
    await mailbox?.close();
    await database?.drop();
    await Promise.all([files?.remove(), otherFiles?.remove()]);
  });
  afterEach(async () => {
    await service?.stop();
    service = undefined;
    await sql.query('DELETE FROM mail_outbox');
  });

  const url = ({ password = MAIL_PASSWORD, host = 'localhost', options = '?requireTLS=true' } = {}) =>
    `smtp://${MAIL_USER}:${encodeURIComponent(password)}@${host}:${postfix.port}${options}`;
  /** Node reads the variable when a process starts. */
  const start = async (SMTP_URL: string, authority?: string) => {
    service = await ServiceProcess.start(
      serviceEnv(database.url, {
        SMTP_URL,
        ...(authority === undefined ? {} : { NODE_EXTRA_CA_CERTS: authority }),
      }),
    );
    return service;
  };
  const failure = () =>
    waitUntil(
      'a failed attempt',
      async () => {
        const { rows } = await sql.query('SELECT * FROM mail_outbox WHERE last_error IS NOT NULL');
        return rows[0] as { last_error: string; failed_at: Date | null } | undefined;
      },
      { timeoutMs: 30_000 },
    );
  /** The same service with settings that were corrected, which sends what has waited. */
  const correct = async (email: string) => {
    expect(mailbox.to(email)).toEqual([]);
    await service?.stop();
    await sql.query('UPDATE mail_outbox SET next_attempt_at = now()');
    await start(url(), files.authority);
    await mailbox.waitFor(email, CONFIRM);
    expect(mailbox.to(email)).toHaveLength(1);
  };

  it('gets mail over TLS from a service that trusts its authority', async () => {
    const { api } = await start(url(), files.authority);
    const email = newEmail();
    await api.register(email);
    const { raw } = await mailbox.waitFor(email, CONFIRM);
    expect(raw).toMatch(/with ESMTPSA id/);
    expect(postfix.log).toMatch(/sasl_method=PLAIN, sasl_username=latchkey@mail\.test/);
  });

  it.each([
    [
      'an unknown authority',
      'localhost',
      () => otherFiles.authority,
      /self.signed certificate|unable to verify/,
    ],
    ['another host name', '127.0.0.1', () => files.authority, /does not match|altnames/],
  ])('gets neither mail nor password if its certificate has %s', async (_, host, authority, reason) => {
    const { api } = await start(url({ host }), authority());
    const before = postfix.log.length;
    const email = newEmail();
    await api.register(email);
    expect(await failure()).toMatchObject({ last_error: expect.stringMatching(reason), failed_at: null });
    expect(postfix.log.slice(before)).not.toContain('sasl_username');
    await correct(email);
  });

  it('keeps mail that is sent with a wrong password, and the service logs an error', async () => {
    const { api } = await start(url({ password: 'wrong' }), files.authority);
    const email = newEmail();
    await api.register(email);
    const { last_error, failed_at } = await failure();
    expect(last_error).toMatch(/refuses mail from this service: 535 5\.7\.8/);
    expect(failed_at).toBeNull();
    await waitUntil('the error is logged', () =>
      /was not sent, attempt 1: .*535 5\.7\.8.*check SMTP_URL and MAIL_FROM/.test(service?.log ?? ''),
    );
    expect(service?.log).not.toContain(encodeURIComponent(MAIL_PASSWORD));
    await correct(email);
  });

  it('keeps mail of a service that uses no TLS', async () => {
    const { api } = await start(url({ options: '?ignoreTLS=true' }), files.authority);
    const email = newEmail();
    await api.register(email);
    expect(await failure()).toMatchObject({
      last_error: expect.stringMatching(/530 5\.7\.0|No login method|Missing credentials|PLAIN/i),
      failed_at: null,
    });
    await correct(email);
  });

  it('gets nothing if it does not offer the STARTTLS that the service requires', async () => {
    await postfix.restartWith({ ...withTls(), smtpd_tls_security_level: 'none', smtpd_tls_auth_only: 'no' });
    const before = postfix.log.length;
    const { api } = await start(url(), files.authority);
    const email = newEmail();
    await api.register(email);
    expect(await failure()).toMatchObject({
      last_error: expect.stringContaining('502 5.5.1'),
      failed_at: null,
    });
    expect(postfix.log.slice(before)).not.toContain('sasl_username');
    await postfix.restartWith(withTls());
    await correct(email);
  });
});
