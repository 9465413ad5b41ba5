import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Deployment } from '../../support/deployment.js';
import type { ServiceProcess } from '../../support/service-process.js';

// Longer than an instance takes to start, even on a busy machine.
const GRACE = '2m';

describe('refresh tokens with two instances', () => {
  let deployment: Deployment;
  let one: ServiceProcess;
  let two: ServiceProcess;

  beforeAll(async () => {
    deployment = await Deployment.create({ REFRESH_GRACE: GRACE });
    [one, two] = await Promise.all([deployment.start(), deployment.start()]);
  }, 120_000);

  afterAll(() => deployment?.close());

  it('have one successor when fifty requests present the same token at once', async () => {
    const tokens = await one.api.newcomer();
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) => (i % 2 ? one : two).api.refresh(tokens.refresh_token)),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    const successors = new Set(answers.map(({ body }) => body.refresh_token));
    expect(successors.size).toBe(1);
    const [successor = ''] = successors;
    for (const { api } of [one, two]) {
      expect((await api.me(answers[0]?.body.access_token ?? '')).status).toBe(200);
    }
    expect((await two.api.refresh(successor)).status).toBe(200);
    expect(
      await deployment.sql('SELECT refresh_generation, status FROM sessions WHERE id = $1', [
        tokens.session_id,
      ]),
    ).toEqual([{ refresh_generation: 2, status: 'active' }]);
  });

  it('are refused by the second instance after reuse is detected on the first', async () => {
    const tokens = await one.api.newcomer();
    const { body: second } = await one.api.refresh(tokens.refresh_token);
    const { body: third } = await two.api.refresh(second.refresh_token);
    expect((await two.api.me(third.access_token)).status).toBe(200);
    expect((await one.api.refresh(tokens.refresh_token)).status).toBe(401);
    expect(await two.api.me(third.access_token)).toMatchObject({
      status: 401,
      body: { code: 'session_revoked', reason: 'refresh_reuse' },
    });
  });

  it('yield no usable tokens on one instance after a concurrent logout on the other', async () => {
    const { email } = await one.api.newcomer();
    let won = 0;
    for (let round = 0; round < 20 || (won === 0 && round < 100); round++) {
      const tokens = await one.api.session(email);
      // The refreshes get a head start of 0 to 4 ms.
      const [out, ...answers] = await Promise.all([
        sleep(round % 5).then(() => one.api.logout(tokens.access_token)),
        ...Array.from({ length: 4 }, () => two.api.refresh(tokens.refresh_token)),
      ]);
      expect(out.status).toBe(204);
      for (const { body } of answers.filter(({ status }) => status === 200)) {
        won++;
        for (const { api } of [two, one]) {
          expect(await api.me(body.access_token)).toMatchObject({ status: 401, body: { reason: 'logout' } });
          expect((await api.refresh(body.refresh_token)).status).toBe(401);
        }
      }
    }
    // At least one refresh must have won the race, or the test has shown nothing.
    expect(won).toBeGreaterThan(0);
  }, 60_000);

  it('have the same successor for a client that lost the answer because the instance died', async () => {
    const tokens = await one.api.newcomer();
    const lost = await refreshOnAndKill(one, tokens.refresh_token);
    one = await deployment.start();
    for (const { api } of [one, two, one]) {
      const retry = await api.refresh(tokens.refresh_token);
      expect(retry).toMatchObject({ status: 200, body: { refresh_token: lost } });
      expect((await api.me(retry.body.access_token)).status).toBe(200);
    }
    expect((await one.api.refresh(lost)).status).toBe(200);
  }, 60_000);
});

/** Refreshes and kills the instance as the answer arrives. @returns the new refresh token, which the client never received */
function refreshOnAndKill(instance: ServiceProcess, refresh_token: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { method: 'POST', headers: { 'content-type': 'application/json' } };
    const sent = request(`${instance.url}/auth/refresh`, options, (answer) => {
      instance.kill();
      answer.setEncoding('utf8');
      answer.on('error', reject);
      answer.on('data', (text: string) => {
        if (answer.statusCode === 200) resolve(JSON.parse(text).refresh_token);
        else reject(new Error(text));
      });
    });
    sent.on('error', reject);
    sent.end(JSON.stringify({ refresh_token }));
  });
}
