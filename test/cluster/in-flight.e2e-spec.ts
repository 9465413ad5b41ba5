import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CutOff, Revocations } from '@latchkey/revocation/session-store';
import { createClient } from '@redis/client';
import { Client } from 'pg';
import type { Api, Tokens } from '../support/api.js';
import { decodeJwt } from '../support/decode-jwt.js';
import { type Instances, startInstances } from '../support/start-instances.js';
import { waitUntil } from '../support/wait-until.js';

/** Total over both instances. */
const IN_FLIGHT = 500;
const BEFORE_MS = 400;
const SESSIONS = 1_000;

interface Seen {
  readonly startedAt: number;
  readonly endedAt: number;
  readonly status: number;
}

describe('a revoke while 500 requests are in flight on two instances', () => {
  const prefix = `test-${randomUUID()}`;
  let instances: Instances;
  let apis: readonly [Api, Api];

  beforeAll(async () => {
    instances = await startInstances({ REDIS_KEY_PREFIX: prefix });
    apis = [instances.services[0].api, instances.services[1].api];
  }, 180_000);
  afterAll(() => instances?.stop());

  it('of one session: no request that starts after the 204 is granted', async () => {
    const { access_token, session_id, email } = await apis[0].newcomer();
    const other = await apis[0].session(email);
    const seen = await whileLoaded([access_token], () =>
      apis[1].end(other.access_token, `/sessions/${session_id}`),
    );
    expectNoLateGrant(seen);
  });

  it('of 1,000 sessions in one call: no request that starts after the 204 is granted, and one cut-off is announced', async () => {
    const { email, session_id, ...first } = await apis[0].newcomer();
    const others = await Promise.all(
      Array.from({ length: 30 }, (_, at) => apis[at % 2 ? 1 : 0].session(email)),
    );
    await multiply(session_id, SESSIONS);
    const pushed = await pushedCutOffs(async () => {
      const tokens = [first.access_token, ...others.map((it: Tokens) => it.access_token)];
      expectNoLateGrant(await whileLoaded(tokens, () => apis[1].end(first.access_token, '/devices')));
    });
    const userId = decodeJwt(first.access_token).sub;
    expect(pushed).toContainEqual({ userId, rolesVersion: 0, sessionEpoch: 1 });
  });

  /** Runs clients that send their next request as soon as the last one is answered, before, during and after the revoke. */
  async function whileLoaded(tokens: readonly string[], revoke: () => Promise<{ status: number }>) {
    const seen: Seen[] = [];
    let isOver = false;
    const client = async (at: number) => {
      const api = apis[at % 2 ? 1 : 0];
      for (let turn = at; !isOver; turn++) {
        const startedAt = performance.now();
        const { status } = await api.me(tokens[turn % tokens.length] ?? '');
        seen.push({ startedAt, endedAt: performance.now(), status });
      }
    };
    const clients = Promise.all(Array.from({ length: IN_FLIGHT }, (_, at) => client(at)));
    await sleep(BEFORE_MS);
    const sentAt = performance.now();
    const { status } = await revoke();
    const answeredAt = performance.now();
    const late = () => seen.filter(({ startedAt }) => startedAt > answeredAt).length;
    await waitUntil('every client has sent a request after the revoke', () => late() >= IN_FLIGHT, {
      timeoutMs: 60_000,
    });
    isOver = true;
    await clients;
    expect(status).toBe(204);
    return { seen, sentAt, answeredAt };
  }

  function expectNoLateGrant({ seen, sentAt, answeredAt }: Awaited<ReturnType<typeof whileLoaded>>): void {
    const inFlight = seen.filter(({ startedAt, endedAt }) => startedAt < sentAt && endedAt > sentAt);
    expect(inFlight.length).toBeGreaterThanOrEqual(IN_FLIGHT * 0.9);
    // On an overloaded machine a request may time out (408, 503), but none may fail in any other way.
    expect([200, 401, 408, 503]).toEqual(
      expect.arrayContaining([...new Set(seen.map(({ status }) => status))]),
    );
    expect(seen.some(({ status }) => status === 200)).toBe(true);
    const late = seen.filter(({ startedAt }) => startedAt > answeredAt);
    expect(late.length).toBeGreaterThanOrEqual(IN_FLIGHT);
    expect(late.filter(({ status }) => status === 200)).toEqual([]);
    expect(late.some(({ status }) => status === 401)).toBe(true);
  }

  async function multiply(sessionId: string, count: number): Promise<void> {
    const postgres = new Client({ connectionString: instances.database.url });
    await postgres.connect();
    await postgres.query(
      `INSERT INTO sessions (id, user_id, device_id, amr, sweep_at)
       SELECT gen_random_uuid(), user_id, device_id, amr, sweep_at FROM sessions, generate_series(1, $2::integer)
       WHERE id = $1`,
      [sessionId, count],
    );
    await postgres.end();
  }

  /** The cut-offs that instances published. */
  async function pushedCutOffs(act: () => Promise<void>): Promise<CutOff[]> {
    const subscriber = createClient({ url: process.env.TEST_REDIS_URL ?? '' });
    await subscriber.connect();
    const pushed: CutOff[] = [];
    await subscriber.subscribe(`${prefix}:ends`, (text) => {
      // Behind its HMAC.
      const { ends } = JSON.parse(text.slice(text.indexOf('{'))) as { ends: Revocations };
      pushed.push(...ends.cutOffs);
    });
    try {
      await act();
    } finally {
      await subscriber.disconnect();
    }
    return pushed;
  }
});
