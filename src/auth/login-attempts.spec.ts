import { RedisServer } from '../../test/support/redis-server.js';
import { waitUntil } from '../../test/support/wait-until.js';
import { RedisConnection } from '../cache/redis-connection.js';
import { LoginAttempts, type LoginTry } from './login-attempts.js';

const LIMITS = { perAccount: 5, perAddress: 20, windowSeconds: 60 };
const TOO_MANY = { code: 'too_many_requests', retryAfterSeconds: expect.any(Number) };

let made = 0;
/** A try at an account, from a network and on a device that no other test has met. */
const freshTry = (): LoginTry => ({
  email: `person${++made}@example.org`,
  address: `2001:db8:0:${made.toString(16)}::1`,
  knownDeviceId: null,
});
const elsewhere = () => freshTry().address;

async function fail(attempts: LoginAttempts, attempt: LoginTry, times: number): Promise<void> {
  for (let n = 0; n < times; n++) await attempts.begin(attempt);
}

async function millisecondsOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

describe('LoginAttempts', () => {
  let server: RedisServer;
  let redis: RedisConnection;

  beforeAll(async () => {
    server = await RedisServer.start();
    redis = await RedisConnection.open(server.url, 'latchkey');
  });

  afterAll(async () => {
    await redis?.close();
    await server?.dispose();
  });

  const inRedis = (limits = LIMITS) => new LoginAttempts(limits, redis.client, 'latchkey');
  const inMemory = (limits = LIMITS) => new LoginAttempts(limits, null, 'latchkey');

  describe.each([
    ['in Redis', inRedis],
    ['in memory', inMemory],
  ])('counted %s', (_, open) => {
    it('refuses an account after its failures, and says how long to wait', async () => {
      const attempts = open();
      const attempt = freshTry();
      await fail(attempts, attempt, 5);
      await expect(attempts.begin(attempt)).rejects.toMatchObject(TOO_MANY);
      await expect(attempts.begin({ ...attempt, address: elsewhere() })).rejects.toMatchObject(TOO_MANY);
      await attempts.begin(attempt).catch(({ retryAfterSeconds }) => {
        expect(retryAfterSeconds).toBeGreaterThan(50);
        expect(retryAfterSeconds).toBeLessThanOrEqual(60);
      });
    });

    it('knows an account however its address is written', async () => {
      const attempts = open();
      const attempt = freshTry();
      await fail(attempts, attempt, 5);
      const shouted = { ...attempt, email: attempt.email.toUpperCase() };
      await expect(attempts.begin(shouted)).rejects.toMatchObject(TOO_MANY);
    });

    it('lets no more than the limit pass of a hundred wrong guesses at once', async () => {
      const attempts = open({ ...LIMITS, perAddress: 1000 });
      const attempt = freshTry();
      const results = await Promise.allSettled(Array.from({ length: 100 }, () => attempts.begin(attempt)));
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
    });

    it('forgets the failures of an account at a success, which costs nothing', async () => {
      const attempts = open();
      const attempt = freshTry();
      for (let round = 0; round < 6; round++) {
        await fail(attempts, attempt, 3);
        await (await attempts.begin(attempt)).succeeded();
      }
      // Eighteen of the network's twenty are used: the six successes gave theirs back.
      await fail(attempts, { ...freshTry(), address: attempt.address }, 2);
      await expect(attempts.begin({ ...freshTry(), address: attempt.address })).rejects.toMatchObject(
        TOO_MANY,
      );
    });

    it('charges nothing for an attempt whose password was never compared', async () => {
      const attempts = open();
      const attempt = freshTry();
      for (let round = 0; round < 30; round++) await (await attempts.begin(attempt)).abandoned();
      await fail(attempts, attempt, 5);
      await expect(attempts.begin(attempt)).rejects.toMatchObject(TOO_MANY);
    });

    it('refuses a network after its failures, whatever accounts they were for', async () => {
      const attempts = open();
      const address = '198.51.100.7';
      for (let n = 0; n < 20; n++) await attempts.begin({ ...freshTry(), address });
      await expect(attempts.begin({ ...freshTry(), address })).rejects.toMatchObject(TOO_MANY);
      await expect(attempts.begin({ ...freshTry(), address: '198.51.100.8' })).resolves.toBeDefined();
    });

    it('takes the addresses of one IPv6 subscriber as one', async () => {
      const attempts = open();
      for (let n = 0; n < 20; n++) {
        await attempts.begin({ ...freshTry(), address: `2001:db8:ffff:1:${n.toString(16)}::1` });
      }
      const next = { ...freshTry(), address: '2001:db8:ffff:1:abcd::1' };
      await expect(attempts.begin(next)).rejects.toMatchObject(TOO_MANY);
    });

    it('does not charge a network for tries at an account that is refused anyway', async () => {
      const attempts = open();
      const attempt = freshTry();
      await fail(attempts, attempt, 5);
      for (let n = 0; n < 50; n++) await attempts.begin(attempt).catch(() => {});
      await expect(attempts.begin({ ...freshTry(), address: attempt.address })).resolves.toBeDefined();
    });

    it('never locks a known device out for failures from elsewhere', async () => {
      const attempts = open();
      const attempt = freshTry();
      await fail(attempts, attempt, 5);
      for (let n = 0; n < 20; n++)
        await attempts.begin({ ...freshTry(), address: attempt.address }).catch(() => {});
      await expect(attempts.begin(attempt)).rejects.toMatchObject(TOO_MANY);
      await expect(attempts.begin({ ...attempt, knownDeviceId: `device-${made}` })).resolves.toBeDefined();
    });

    it('counts a known device by itself, until it succeeds', async () => {
      const attempts = open();
      const attempt = { ...freshTry(), knownDeviceId: `device-${made}` };
      await fail(attempts, attempt, 4);
      await (await attempts.begin(attempt)).succeeded();
      await (await attempts.begin(attempt)).abandoned();
      await fail(attempts, attempt, 5);
      await expect(attempts.begin(attempt)).rejects.toMatchObject(TOO_MANY);
      // The account itself has not been charged.
      await expect(attempts.begin({ ...attempt, knownDeviceId: null })).resolves.toBeDefined();
    });

    it('begins anew when the window is over', async () => {
      const attempts = open({ ...LIMITS, perAccount: 1, windowSeconds: 1 });
      const attempt = freshTry();
      await attempts.begin(attempt);
      await expect(attempts.begin(attempt)).rejects.toMatchObject({ retryAfterSeconds: 1 });
      await waitUntil('the window is over', () => attempts.begin(attempt));
    });

    it('refuses what is no address', async () => {
      await expect(open().begin({ ...freshTry(), email: 'nobody' })).rejects.toMatchObject({
        code: 'validation_failed',
      });
    });
  });

  it('counts for all instances together in Redis, and keeps no address there', async () => {
    const attempt = freshTry();
    await fail(inRedis(), attempt, 3);
    await fail(inRedis(), attempt, 2);
    await expect(inRedis().begin(attempt)).rejects.toMatchObject(TOO_MANY);

    const keys = await redis.client.keys('*');
    expect(keys.every((key) => key.startsWith('latchkey:login:'))).toBe(true);
    expect(keys.join()).not.toContain('person');
    for (const key of keys) expect(await redis.client.ttl(key)).toBeGreaterThan(0);
  });

  describe('while Redis hangs', () => {
    afterEach(async () => {
      server.resume();
      await waitUntil('Redis answers again', async () => (await redis.client.ping()) === 'PONG');
    });

    it('goes on from memory after one short wait, and still counts', async () => {
      const attempts = inRedis();
      const attempt = freshTry();
      await attempts.begin(attempt);
      server.pause();

      const first = await millisecondsOf(() => attempts.begin(attempt));
      expect(first).toBeGreaterThan(200);
      expect(first).toBeLessThan(500);
      expect(await millisecondsOf(() => fail(attempts, attempt, 4))).toBeLessThan(100);
      await expect(attempts.begin(attempt)).rejects.toMatchObject(TOO_MANY);
    });

    it('reports a success without hanging', async () => {
      const attempts = inRedis();
      const attempt = await attempts.begin(freshTry());
      server.pause();
      expect(await millisecondsOf(() => attempt.succeeded())).toBeLessThan(500);
    });

    it('returns to Redis by itself', async () => {
      const attempts = inRedis();
      const attempt = freshTry();
      server.pause();
      await attempts.begin(attempt);
      server.resume();
      await waitUntil('a failure is counted in Redis', async () => {
        await (await attempts.begin(freshTry())).abandoned();
        await attempts.begin(freshTry());
        return (await redis.client.keys('*')).length > 0;
      });
      await waitUntil('the account is refused by Redis', async () => {
        await attempts.begin(attempt).catch(() => {});
        return inRedis()
          .begin({ ...attempt, address: elsewhere() })
          .then(
            () => false,
            () => true,
          );
      });
    });
  });

  it('goes on from memory while Redis is gone, and returns to it', async () => {
    const attempts = inRedis();
    const attempt = freshTry();
    await server.kill();
    await fail(attempts, attempt, 5);
    await expect(attempts.begin(attempt)).rejects.toMatchObject(TOO_MANY);

    await server.start();
    await waitUntil('the account is counted in Redis again', () => attempts.begin(attempt).catch(() => null));
  });
});
