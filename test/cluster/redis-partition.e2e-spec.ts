import type { Answer } from '../support/answer.js';
import type { Tokens } from '../support/api.js';
import { InstancePair } from './instance-pair.js';

/** P3. A busy machine may exceed it once, but not every time. */
const BOUND_MS = 1_000;
const ATTEMPTS = 4;

describe('an instance cut off from Redis, next to a healthy one', () => {
  let pair: InstancePair;

  beforeAll(async () => {
    pair = await InstancePair.start();
  }, 180_000);
  afterAll(() => pair?.stop());
  afterEach(() => pair.settle());

  it.each([
    ['refused', () => pair.one.redis.cut(), 202],
    ['swallowed', async () => pair.one.redis.hang(), 202],
    // Its pushes are received, but it does not hear the acknowledgements, so it waits for a lease.
    ['swallowed on the subscription only', async () => pair.one.redis.hang('subscribe'), 204],
  ] as const)(
    'with connections %s: a revoke on either side is enforced by both within a second',
    async (_how, cut, expected) => {
      const [cutOff, whole] = pair.apis;
      const sessions = await pair.warm(2 * ATTEMPTS);
      const [witness] = await pair.warm(1);
      const watch = pair.watch(witness?.access_token ?? '');
      await cut();

      const latest: number[] = [];
      for (let attempt = 0; attempt < ATTEMPTS && !latest.some((ms) => ms < BOUND_MS); attempt++) {
        const [here, there] = sessions.splice(0, 2) as [Tokens, Tokens];
        const [fromCutOff, fromWhole, ...late] = await Promise.all([
          cutOff.logout(here.access_token),
          whole.logout(there.access_token),
          pair.lastGrantAfterCommit(here),
          pair.lastGrantAfterCommit(there),
        ]);
        if (attempt === 0) answered(fromCutOff, expected);
        // The healthy instance waited for the other's acknowledgement or for its lease to expire.
        answered(fromWhole, 204);
        latest.push(Math.max(...late));
        for (const { access_token } of [here, there]) {
          for (const api of pair.apis) expect((await api.me(access_token)).status).toBe(401);
        }
      }
      expect(Math.min(...latest)).toBeLessThan(BOUND_MS);

      await pair.settle();
      for (const { statuses } of await Promise.all(watch.map((traffic) => traffic.stop()))) {
        expect(Object.keys(statuses)).toEqual(['200']);
      }
      for (const api of pair.apis) {
        const [session] = await pair.warm(1);
        answered(await api.logout(session?.access_token ?? ''), 204);
        for (const asked of pair.apis) expect((await asked.me(session?.access_token ?? '')).status).toBe(401);
      }
    },
  );

  function answered({ status, headers, text }: Answer, expected: 202 | 204): void {
    expect({ status, text }).toEqual(
      expected === 204 ? { status: 204, text: '' } : { status: 202, text: '{"status":"pending"}' },
    );
    if (expected === 202) expect(headers.get('content-type')).toMatch(/^application\/json/);
    expect(headers.get('cache-control')).toBe('no-store');
  }
});
