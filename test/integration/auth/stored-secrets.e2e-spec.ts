import { KeySet } from '../../../src/auth/keys/key-set.js';
import { PASSWORD } from '../../support/api.js';
import { type RunningApp, startApp } from '../../support/app.js';
import { Mailbox } from '../../support/mailbox.js';

/** Each spelling in which bytes or a text may be found in a dump. */
const spellings = (bytes: Buffer) => [
  bytes.toString('hex'),
  bytes.toString('base64').replace(/=+$/, ''),
  bytes.toString('base64url'),
];

describe('a copy of the database', () => {
  let mailbox: Mailbox;
  let service: RunningApp;

  beforeAll(async () => {
    mailbox = await Mailbox.open();
    service = await startApp({ SMTP_URL: mailbox.url });
  });
  afterAll(async () => {
    await service?.close();
    await mailbox?.close();
  });

  it('contains no token, link, signing key or password', async () => {
    const { api } = service;
    const user = await api.newcomer();
    const refreshed = (await api.refresh(user.refresh_token)).body;
    await api.login(user.email, { password: 'a wrong password' });
    await api.call('POST', '/auth/password/forgot', { body: { email: user.email } });
    const { token: link } = await mailbox.waitFor(user.email, 'Reset your password');
    const { d } = service.app.get(KeySet).current().privateKey.export({ format: 'jwk' });

    const tables = await service.sql(
      `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'`,
    );
    const dumps = await Promise.all(
      tables.map(({ name }) => service.sql(`SELECT row_to_json(t)::text AS row FROM "${name}" t`)),
    );
    const dump = dumps
      .flat()
      .map(({ row }) => String(row))
      .join('\n');
    for (const known of [user.email, user.session_id, user.device_id]) expect(dump).toContain(known);

    for (const text of [PASSWORD, 'a wrong password', user.access_token, refreshed.access_token])
      expect(dump).not.toContain(text);
    for (const token of [user.refresh_token, refreshed.refresh_token, user.device_token, link]) {
      expect(dump).not.toContain(token);
      // Without its prefix, in any encoding. The end of a token is its secret part.
      const bytes = Buffer.from(token.slice(token.indexOf('_') + 1), 'base64url').subarray(-24);
      for (const spelling of spellings(bytes)) expect(dump).not.toContain(spelling);
    }
    for (const spelling of spellings(Buffer.from(String(d), 'base64url')))
      expect(dump).not.toContain(spelling);
  });
});
