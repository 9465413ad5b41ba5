import { newEmail } from '../../support/api.js';
import { type RunningApp, startApp } from '../../support/app.js';
import { responseFingerprint } from '../../support/response-fingerprint.js';

const WRONG = { password: 'not the one' };
const REFUSED = { status: 429, body: { code: 'too_many_requests' } };

describe.each([
  ['in memory', undefined],
  ['in Redis', process.env.TEST_REDIS_URL],
])('limits on guessing, counted %s,', (_, redisUrl) => {
  let service: RunningApp;

  afterEach(() => service?.close());

  const start = async (env: Record<string, string>) => {
    service = await startApp({ REDIS_URL: redisUrl, ...env });
  };
  const guess = async (email: string, times: number, extra: { device_token?: string } = {}) => {
    const answers = [];
    while (answers.length < times) answers.push(await service.api.login(email, { ...WRONG, ...extra }));
    return answers;
  };

  it('lock a known or unknown email address after too many failures and state for how long', async () => {
    await start({ LOGIN_ATTEMPTS_PER_ACCOUNT: '3', LOGIN_ATTEMPTS_WINDOW: '10m' });
    const { email } = await service.api.newcomer();
    const locked = [];
    for (const address of [email, newEmail()]) {
      expect((await guess(address, 3)).map(({ status }) => status)).toEqual([401, 401, 401]);
      const [answer] = await guess(address, 1);
      expect(answer).toMatchObject(REFUSED);
      const seconds = Number(answer?.headers.get('retry-after'));
      expect(seconds).toBeGreaterThan(500);
      expect(seconds).toBeLessThanOrEqual(600);
      if (answer) locked.push(responseFingerprint(answer).text);
    }
    expect(locked[0]).toBe(locked[1]);
    // The right password is refused as well; otherwise an attacker could continue and see which guess is right.
    expect(await service.api.login(email)).toMatchObject(REFUSED);
  });

  it('lock out neither the owner on a known device nor other users', async () => {
    await start({ LOGIN_ATTEMPTS_PER_ACCOUNT: '3' });
    const { api } = service;
    const { email, device_token } = await api.newcomer();
    const other = await api.newcomer();
    await guess(email, 5);
    expect((await api.login(email)).status).toBe(429);
    expect((await api.login(email, { device_token })).status).toBe(200);
    expect((await api.login(other.email)).status).toBe(200);
    // A device of another user is not known to this account.
    expect((await api.login(email, { device_token: other.device_token })).status).toBe(429);
  });

  it('apply to a known device as well', async () => {
    await start({ LOGIN_ATTEMPTS_PER_ACCOUNT: '3' });
    const { email, device_token } = await service.api.newcomer();
    const answers = await guess(email, 4, { device_token });
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 429]);
    expect((await service.api.login(email)).status).toBe(200);
  });

  it('reset the count after a successful login', async () => {
    await start({ LOGIN_ATTEMPTS_PER_ACCOUNT: '3' });
    const { email } = await service.api.newcomer();
    for (let round = 0; round < 3; round++) {
      await guess(email, 2);
      expect((await service.api.login(email)).status).toBe(200);
    }
  });

  it('block a network that guesses at many accounts', async () => {
    await start({ LOGIN_ATTEMPTS_PER_ADDRESS: '5', TRUST_PROXY: '1' });
    const { api } = service;
    const from = (address: string) =>
      api.call('POST', '/auth/login', {
        body: { email: newEmail(), ...WRONG },
        headers: { 'x-forwarded-for': address },
      });
    for (let tried = 0; tried < 5; tried++) expect((await from('203.0.113.9')).status).toBe(401);
    expect(await from('203.0.113.9')).toMatchObject(REFUSED);
    expect((await from('203.0.113.10')).status).toBe(401);
  });

  it('block a network that probes which email addresses are registered', async () => {
    // One attempt is used by the registration.
    await start({ LOGIN_ATTEMPTS_PER_ADDRESS: '4' });
    const { api } = service;
    const { email } = await api.newcomer();
    for (let tried = 0; tried < 3; tried++) expect((await api.register(email)).status).toBe(409);
    const refused = await api.register(email);
    expect(refused).toMatchObject(REFUSED);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  });
});
