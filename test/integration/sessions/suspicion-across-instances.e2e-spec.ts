import type { Tokens } from '../../support/api.js';
import { clientHeaders } from '../../support/clients.js';
import { Deployment } from '../../support/deployment.js';
import type { ServiceProcess } from '../../support/service-process.js';
import { waitUntil } from '../../support/wait-until.js';

const OWNER = clientHeaders('chromeOnAndroid', 'bremen');
const OWNER_ABROAD = clientHeaders('chromeOnAndroid', 'tokyo');
const THIEF = clientHeaders('firefoxOnLinux', 'bremen');

describe('a session cached by two instances', () => {
  let deployment: Deployment;
  let one: ServiceProcess;
  let two: ServiceProcess;

  beforeAll(async () => {
    deployment = await Deployment.create({
      TRUST_PROXY: 'true',
      SUSPICION_ACTIONS: 'impossible_travel:end',
    });
    [one, two] = await Promise.all([deployment.start(), deployment.start()]);
    await waitUntil(
      'both instances to trust their caches',
      async () => {
        const states = await Promise.all([one, two].map(({ api }) => api.call('GET', '/health/ready')));
        return states.every(({ body }) => body.caches_trusted);
      },
      { timeoutMs: 30_000 },
    );
  }, 120_000);
  afterAll(() => deployment?.close());

  const use = ({ api }: ServiceProcess, { access_token: token }: Tokens, headers: Record<string, string>) =>
    api.call('GET', '/auth/me', { token, headers });

  async function cachedByBoth(): Promise<Tokens> {
    const { email } = await one.api.newcomer();
    const { body } = await one.api.call<Tokens>('POST', '/auth/login', {
      headers: OWNER,
      body: { email, password: 'correct horse battery' },
    });
    for (const instance of [one, two]) expect((await use(instance, body, OWNER)).status).toBe(200);
    return body;
  }

  it.each([
    ['another browser', THIEF],
    ['another continent', OWNER_ABROAD],
  ])('is refused by both from the first request of a thief in %s', async (_where, thief) => {
    const tokens = await cachedByBoth();
    expect(await use(two, tokens, thief)).toMatchObject({ status: 401, body: { reason: 'suspicious' } });
    for (const [instance, client] of [
      [one, OWNER],
      [one, thief],
      [two, OWNER],
    ] as const)
      expect(await use(instance, tokens, client)).toMatchObject({
        status: 401,
        body: { reason: 'suspicious' },
      });
    expect(
      await deployment.sql(
        `SELECT kind FROM security_events WHERE session_id = $1 AND kind <> 'new_device_sign_in'`,
        [tokens.session_id],
      ),
    ).toEqual([{ kind: 'session_ended_suspicious' }]);
  });

  it('stays active for an owner who travelled, although the second instance sees only the new location', async () => {
    const tokens = await cachedByBoth();
    // The database says that the journey took a day; neither instance has seen a request since.
    await deployment.sql(
      `UPDATE sessions SET last_seen_at = now() - interval '1 day', countries = '{DE,JP}' WHERE id = $1`,
      [tokens.session_id],
    );
    for (const [instance, client] of [
      [one, OWNER_ABROAD],
      [two, OWNER_ABROAD],
      [two, OWNER],
      [one, OWNER],
      [two, OWNER_ABROAD],
    ] as const)
      expect((await use(instance, tokens, client)).status).toBe(200);
  });
});
