import { newEmail } from '../../support/api.js';
import { type RunningApp, startApp } from '../../support/app.js';
import { responseFingerprint } from '../../support/response-fingerprint.js';

const TRIES = 30;
/**
 * The shortest times of the same work can differ by this factor. A missing hash makes a factor of ten. The shortest, because
 * other work on the machine only adds time.
 */
const MAX_FACTOR = 2;

describe('a failed login', () => {
  let service: RunningApp;

  beforeAll(async () => {
    service = await startApp({
      LOGIN_ATTEMPTS_PER_ACCOUNT: '1000',
      LOGIN_ATTEMPTS_PER_ADDRESS: '1000',
      // Real hashing costs, so that a missing hash shows.
      PASSWORD_HASH_MEMORY_KIB: '19456',
      PASSWORD_HASH_PASSES: '2',
    });
  });

  afterAll(() => service?.close());

  const disabled = async () => {
    const tokens = await service.api.newcomer();
    await service.sql(`UPDATE users SET status = 'disabled' WHERE email = $1`, [tokens.email]);
    return tokens;
  };

  it('gets the same answer for an unknown, known, or disabled account, with and without a device token', async () => {
    const { api } = service;
    const wrong = { password: 'not the one' };
    const known = await api.newcomer();
    const unknown = responseFingerprint(await api.login(newEmail(), wrong));
    expect(unknown).toMatchObject({
      status: 401,
      text: expect.stringContaining('"code":"invalid_credentials"'),
      headers: expect.arrayContaining([['www-authenticate', 'Bearer realm="latchkey"']]),
    });
    const { device_token } = known;
    for (const answer of [
      await api.login(known.email, wrong),
      await api.login((await disabled()).email, wrong),
      await api.login(known.email, { ...wrong, device_token }),
      await api.login(newEmail(), { ...wrong, device_token }),
    ]) {
      expect(responseFingerprint(answer)).toEqual(unknown);
    }
  });

  it('takes the same time for a known and an unknown address', async () => {
    const { api } = service;
    const { email } = await api.newcomer();
    const took = { known: [] as number[], unknown: [] as number[] };
    const time = async (address: string) => {
      const start = performance.now();
      expect((await api.login(address, { password: 'not the one' })).status).toBe(401);
      return performance.now() - start;
    };
    await time(email);
    for (let tried = 0; tried < TRIES; tried++) {
      took.known.push(await time(email));
      took.unknown.push(await time(newEmail()));
    }
    const ratio = Math.min(...took.known) / Math.min(...took.unknown);
    expect(ratio).toBeLessThan(MAX_FACTOR);
    expect(ratio).toBeGreaterThan(1 / MAX_FACTOR);
  }, 60_000);

  it('reveals that the account is disabled only if the password is right', async () => {
    const { api } = service;
    const { email, device_token } = await disabled();
    for (const extra of [{}, { device_token }]) {
      const answer = await api.login(email, extra);
      expect(answer).toMatchObject({ status: 403, body: { code: 'account_disabled' } });
      expect(answer.headers.get('www-authenticate')).toBeNull();
      expect((await api.login(email, { ...extra, password: 'not the one' })).status).toBe(401);
    }
    const rows = await service.sql(
      'SELECT count(*)::int FROM sessions s JOIN users u ON u.id = s.user_id WHERE u.email = $1',
      [email],
    );
    expect(rows).toEqual([{ count: 1 }]);
  });
});
