import { randomBytes } from 'node:crypto';
import { HmacAuthenticator } from '@latchkey/revocation/redis/hmac-authenticator';
import { boundedRedis, type LimiterRedis } from '../../../src/auth/attempts/limiter-redis.js';
import { type LoginAttempt, LoginAttempts } from '../../../src/auth/attempts/login-attempts.js';
import { RedisConnection } from '../../../src/redis/redis-connection.js';
import { RedisServer } from '../../support/redis-server.js';
import { waitUntil } from '../../support/wait-until.js';

const LIMITS = { perAccount: 5, perAddress: 20, windowSeconds: 60 };
const CLOCK = { now: () => performance.now() };
const AUTHENTICATOR = new HmacAuthenticator([randomBytes(32)], 'test');
const TOO_MANY = { code: 'too_many_requests', retryAfterSeconds: expect.any(Number) };

let made = 0;
/** A try at an account, from a network and on a device that no other test has met. */
const freshTry = (): LoginAttempt => ({
  email: `person${++made}@example.org`,
  address: `2001:db8:0:${made.toString(16)}::1`,
  knownDeviceId: null,
});
const elsewhere = () => freshTry().address;

const wrong = async () => false;
const right = async () => true;

async function abandon(attempts: LoginAttempts, attempt: LoginAttempt): Promise<void> {
  const busy = attempts.guard(attempt, () => Promise.reject(new Error('busy')));
  await expect(busy).rejects.toThrow('busy');
}

async function fail(attempts: LoginAttempts, attempt: LoginAttempt, times: number): Promise<void> {
  for (let n = 0; n < times; n++) await attempts.guard(attempt, wrong);
}

/** Counts the commands that it passes on to Redis. */
class CountedRedis implements LimiterRedis {
  commands = 0;

  constructor(private readonly client: LimiterRedis) {}

  get isReady(): boolean {
    return this.client.isReady;
  }

  eval(...command: Parameters<LimiterRedis['eval']>): Promise<unknown> {
    this.commands++;
    return this.client.eval(...command);
  }

  del(key: string): Promise<number> {
    this.commands++;
    return this.client.del(key);
  }
}

/** Keeps the event loop busy. */
function stall(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

describe('LoginAttempts', () => {
  let server: RedisServer;
  let redis: RedisConnection;

  beforeAll(async () => {
    server = await RedisServer.start();
    redis = await RedisConnection.open({ kind: 'single', url: server.url }, 'latchkey');
  });

  afterAll(async () => {
    await redis?.close();
    await server?.dispose();
  });

  const inRedis = (limits = LIMITS, client: LimiterRedis = redis.client) =>
    new LoginAttempts(limits, client, 'latchkey', AUTHENTICATOR, CLOCK);
  const inMemory = (limits = LIMITS) => new LoginAttempts(limits, null, 'latchkey', AUTHENTICATOR, CLOCK);

  describe.each([
    ['in Redis', inRedis],
    ['in memory', inMemory],
  ])('counted %s', (_, open) => {
    it('refuses an account after its failures, and says how long to wait', async () => {
      const attempts = open();
      const attempt = freshTry();
      await fail(attempts, attempt, 5);
      await expect(attempts.guard(attempt, wrong)).rejects.toMatchObject(TOO_MANY);
      await expect(attempts.guard({ ...attempt, address: elsewhere() }, wrong)).rejects.toMatchObject(
        TOO_MANY,
      );
      await attempts.guard(attempt, wrong).catch(({ retryAfterSeconds }) => {
        expect(retryAfterSeconds).toBeGreaterThan(50);
        expect(retryAfterSeconds).toBeLessThanOrEqual(60);
      });
    });

    it('recognises an account in any spelling of its address', async () => {
      const attempts = open();
      const attempt = freshTry();
      await fail(attempts, attempt, 5);
      const shouted = { ...attempt, email: attempt.email.toUpperCase() };
      await expect(attempts.guard(shouted, wrong)).rejects.toMatchObject(TOO_MANY);
    });

    it('lets no more than the limit of a hundred concurrent wrong guesses pass', async () => {
      const attempts = open({ ...LIMITS, perAddress: 1000 });
      const attempt = freshTry();
      const results = await Promise.allSettled(
        Array.from({ length: 100 }, () => attempts.guard(attempt, wrong)),
      );
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
    });

    it('lets fifty concurrent right passwords pass', async () => {
      const attempts = open();
      const attempt = freshTry();
      const tries = Array.from({ length: 50 }, () => attempts.guard(attempt, right));
      expect(await Promise.all(tries)).toEqual(Array(50).fill(true));
    });

    it('resets the failures of an account at a success, which is not counted itself', async () => {
      const attempts = open();
      const attempt = freshTry();
      for (let round = 0; round < 6; round++) {
        await fail(attempts, attempt, 3);
        await attempts.guard(attempt, right);
      }
      // Eighteen of the network's twenty are used: the six successes gave theirs back.
      await fail(attempts, { ...freshTry(), address: attempt.address }, 2);
      await expect(attempts.guard({ ...freshTry(), address: attempt.address }, wrong)).rejects.toMatchObject(
        TOO_MANY,
      );
    });

    it('does not count an attempt whose password was never compared', async () => {
      const attempts = open();
      const attempt = freshTry();
      for (let round = 0; round < 30; round++) await abandon(attempts, attempt);
      await fail(attempts, attempt, 5);
      await expect(attempts.guard(attempt, wrong)).rejects.toMatchObject(TOO_MANY);
    });

    it('refuses a network after its failures, whichever accounts they were for', async () => {
      const attempts = open();
      const address = '198.51.100.7';
      for (let n = 0; n < 20; n++) await attempts.guard({ ...freshTry(), address }, wrong);
      await expect(attempts.guard({ ...freshTry(), address }, wrong)).rejects.toMatchObject(TOO_MANY);
      await expect(attempts.guard({ ...freshTry(), address: '198.51.100.8' }, wrong)).resolves.toBeDefined();
    });

    it('counts the addresses of one IPv6 subscriber together', async () => {
      const attempts = open();
      for (let n = 0; n < 20; n++) {
        await attempts.guard({ ...freshTry(), address: `2001:db8:ffff:1:${n.toString(16)}::1` }, wrong);
      }
      const next = { ...freshTry(), address: '2001:db8:ffff:1:abcd::1' };
      await expect(attempts.guard(next, wrong)).rejects.toMatchObject(TOO_MANY);
    });

    it('does not count attempts at an account that is already refused against the network', async () => {
      const attempts = open();
      const attempt = freshTry();
      await fail(attempts, attempt, 5);
      for (let n = 0; n < 50; n++) await attempts.guard(attempt, wrong).catch(() => {});
      await expect(attempts.guard({ ...freshTry(), address: attempt.address }, wrong)).resolves.toBeDefined();
    });

    it('never locks out a known device because of failures elsewhere', async () => {
      const attempts = open();
      const attempt = freshTry();
      await fail(attempts, attempt, 5);
      for (let n = 0; n < 20; n++)
        await attempts.guard({ ...freshTry(), address: attempt.address }, wrong).catch(() => {});
      await expect(attempts.guard(attempt, wrong)).rejects.toMatchObject(TOO_MANY);
      await expect(
        attempts.guard({ ...attempt, knownDeviceId: `device-${made}` }, wrong),
      ).resolves.toBeDefined();
    });

    it('counts a known device separately, until it succeeds', async () => {
      const attempts = open();
      const attempt = { ...freshTry(), knownDeviceId: `device-${made}` };
      await fail(attempts, attempt, 4);
      await attempts.guard(attempt, right);
      await abandon(attempts, attempt);
      await fail(attempts, attempt, 5);
      await expect(attempts.guard(attempt, wrong)).rejects.toMatchObject(TOO_MANY);
      // The account itself has not been charged.
      await expect(attempts.guard({ ...attempt, knownDeviceId: null }, wrong)).resolves.toBeDefined();
    });

    it('starts again when the window is over', async () => {
      const attempts = open({ ...LIMITS, perAccount: 1, windowSeconds: 1 });
      const attempt = freshTry();
      await attempts.guard(attempt, wrong);
      await expect(attempts.guard(attempt, wrong)).rejects.toMatchObject({ retryAfterSeconds: 1 });
      await waitUntil('the window is over', () => attempts.guard(attempt, right));
    });

    it('refuses a value that is not an address', async () => {
      await expect(open().guard({ ...freshTry(), email: 'nobody' }, wrong)).rejects.toMatchObject({
        code: 'validation_failed',
      });
    });
  });

  it('counts for all instances together in Redis, and stores no address there', async () => {
    const attempt = freshTry();
    await fail(inRedis(), attempt, 3);
    await fail(inRedis(), attempt, 2);
    await expect(inRedis().guard(attempt, wrong)).rejects.toMatchObject(TOO_MANY);

    const keys = await redis.client.keys('*');
    expect(keys.every((key) => key.startsWith('latchkey:login:'))).toBe(true);
    expect(keys.join()).not.toContain('person');
    for (const key of keys) expect(await redis.client.ttl(key)).toBeGreaterThan(0);
  });

  describe('when the counters in Redis are changed by others', () => {
    const known = (): LoginAttempt => ({ ...freshTry(), knownDeviceId: `device-${made}` });
    const keysOf = (name: string) => redis.client.keys(`*:${name}:*`);

    it.each([
      ['deletes them', () => redis.client.flushAll()],
      [
        'lowers them',
        async () => Promise.all((await redis.client.keys('*')).map((it) => redis.client.set(it, -99))),
      ],
      [
        'replaces them with text',
        async () => Promise.all((await redis.client.keys('*')).map((it) => redis.client.set(it, 'x'))),
      ],
      [
        'replaces them with lists',
        async () => {
          const keys = await redis.client.keys('*');
          await redis.client.flushAll();
          await Promise.all(keys.map((it) => redis.client.lPush(it, 'x')));
        },
      ],
      [
        'claims resets',
        async () => {
          for (const key of await redis.client.keys('*'))
            await redis.client.set(
              key.replace(/:(account|device):/, ':$1:reset:'),
              String(CLOCK.now() + 1e6),
            );
          await redis.client.flushAll();
        },
      ],
    ])('still limits the guesses on one instance: %s', async (_, change) => {
      for (const attempt of [freshTry(), known()]) {
        const attempts = inRedis();
        let compared = 0;
        for (let n = 0; n < 8; n++) {
          await attempts.guard(attempt, async () => ++compared < 0).catch(() => {});
          await change();
        }
        expect(compared).toBe(5);
      }
    });

    it('accepts a genuine reset of another instance, and no older one', async () => {
      const [one, other, attempt] = [inRedis(), inRedis(), known()];
      await one.guard(attempt, right);
      const [key] = await keysOf('device:reset');
      const old = await redis.client.get(key ?? '');
      await fail(one, attempt, 5);
      await redis.client.flushAll();
      // A replayed mark is older than the failures.
      await redis.client.set(key ?? '', old ?? '');
      await expect(one.guard(attempt, wrong)).rejects.toMatchObject(TOO_MANY);

      await redis.client.flushAll();
      await other.guard(attempt, right);
      await fail(one, attempt, 5);
      await redis.client.del(`latchkey:login:device:${attempt.knownDeviceId}`);
      await expect(one.guard(attempt, wrong)).rejects.toMatchObject(TOO_MANY);
    });
  });

  describe('while Redis hangs', () => {
    afterEach(async () => {
      server.resume();
      await waitUntil('Redis answers again', async () => (await redis.client.ping()) === 'PONG');
    });

    it('continues from memory, where the count in Redis was, and tries Redis once a second', async () => {
      const counted = new CountedRedis(redis.client);
      const attempts = inRedis(LIMITS, counted);
      const attempt = freshTry();
      await attempts.guard(attempt, wrong);
      server.pause();

      await attempts.guard(attempt, wrong);
      const { commands } = counted;
      const start = performance.now();
      // Memory has counted the first two as well.
      await fail(attempts, attempt, 3);
      await expect(attempts.guard(attempt, wrong)).rejects.toMatchObject(TOO_MANY);
      const seconds = Math.ceil((performance.now() - start) / 1000);
      expect(counted.commands - commands).toBeLessThanOrEqual(seconds);
    });

    it('resets failures without Redis', async () => {
      const attempts = inRedis();
      const hangsMeanwhile = async () => {
        server.pause();
        return true;
      };
      expect(await attempts.guard(freshTry(), hangsMeanwhile)).toBe(true);
    });

    it('returns to Redis automatically', async () => {
      const attempts = inRedis();
      const attempt = freshTry();
      server.pause();
      await attempts.guard(attempt, wrong);
      server.resume();
      await waitUntil('a failure is counted in Redis', async () => {
        await abandon(attempts, freshTry());
        await attempts.guard(freshTry(), wrong);
        return (await redis.client.keys('*')).length > 0;
      });
      await waitUntil('the account is refused by Redis', async () => {
        await attempts.guard(attempt, wrong).catch(() => {});
        return inRedis()
          .guard({ ...attempt, address: elsewhere() }, wrong)
          .then(
            () => false,
            () => true,
          );
      });
    });
  });

  it('counts in memory while Redis is down, and still refuses once it is back, until a reset elsewhere', async () => {
    const attempts = inRedis();
    const attempt = freshTry();
    await server.kill();
    await fail(attempts, attempt, 5);
    await expect(attempts.guard(attempt, wrong)).rejects.toMatchObject(TOO_MANY);

    await server.start();
    await waitUntil('Redis answers again', () => redis.client.ping().catch(() => null));
    await expect(attempts.guard(attempt, wrong)).rejects.toMatchObject(TOO_MANY);

    expect(await inRedis().guard(attempt, right)).toBe(true);
    await waitUntil('the reset is known here', () => attempts.guard(attempt, right).catch(() => null));
  });

  it('compares no more guesses than allowed when the event loop stalls while Redis has answered', async () => {
    const attempts = inRedis();
    const attempt = freshTry();
    let compared = 0;
    const guesses = Array.from({ length: 30 }, () =>
      attempts
        .guard(attempt, async () => {
          compared += 1;
          stall(300);
          return false;
        })
        .catch(() => {}),
    );
    // Each comparison stalls, and so does the time while the first commands are answered.
    await new Promise((resolve) => setImmediate(resolve));
    stall(300);
    await Promise.all(guesses);
    expect(compared).toBe(5);
  });

  it('gets the answer of Redis although the event loop stalled for longer than the timeout', async () => {
    const bounded = boundedRedis(redis.client);
    const answer = bounded.eval('return 7', { keys: [], arguments: [] });
    await new Promise((resolve) => setImmediate(resolve));
    stall(400);
    await expect(answer).resolves.toBe(7);
  });

  it('limits right passwords too, for the account and the network, but not on a known device elsewhere', async () => {
    const attempts = inRedis({ perAccount: 1, perAddress: 2, windowSeconds: 60 });
    const attempt = freshTry();
    for (let n = 0; n < 20; n++) await attempts.guard(attempt, right);
    await expect(attempts.guard(attempt, right)).rejects.toMatchObject(TOO_MANY);
    const onDevice = { ...attempt, knownDeviceId: `device-${made}` };
    for (let n = 0; n < 20; n++) await attempts.guard(onDevice, right);
    await expect(attempts.guard(onDevice, right)).rejects.toMatchObject(TOO_MANY);

    const { address } = freshTry();
    for (let n = 0; n < 40; n++) await attempts.guard({ ...freshTry(), address }, right);
    await expect(attempts.guard({ ...freshTry(), address }, right)).rejects.toMatchObject(TOO_MANY);
  });
});
